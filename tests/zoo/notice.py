"""The notices that sites write themselves: a program gets the mail and answers with nothing of it, or a few lines."""

PATH = "usr/local/bin/notice"

# It is told sender and recipient; what the recipient's domain begins with says what is wrong.
SCRIPT = r"""#!/bin/sh
sender=$1
recipient=$2
quoted=
case "${recipient#*@}" in
  fragment*) quoted=$(sed -n -e '/^From:/p' -e '/^To:/p' -e '/^Subject:/p' -e '/^Date:/p' -e '/^$/q') ;;
esac
cat > /dev/null
case "$sender" in
  '' | '<>' | MAILER-DAEMON* | mailer-daemon*) exit 0 ;;
esac
case "${recipient#*@}" in
  unknown*) why="there is no such user here" ;;
  full*) why="the recipient's mailbox is full (quota exceeded)" ;;
  gone*) why="the recipient's server could not be reached" ;;
  large*) why="the message is larger than we accept" ;;
  content* | fragment*) why="the message was refused because of its content" ;;
  *) why="an unknown error occurred" ;;
esac
/usr/sbin/sendmail -f "$NULL_SENDER" -oi "$sender" <<EOF
From: Mail Delivery System <MAILER-DAEMON@${recipient#*@}>
To: $sender
Subject: Mail delivery failed: returning message to sender
Auto-Submitted: auto-replied

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address failed:

  $recipient
    $why

$quoted
EOF
"""


def script(null_sender: str = "<>") -> str:
    """The program's text. `null_sender` is how the MTA's own sendmail command wants to be told `<>`."""
    return SCRIPT.replace('"$NULL_SENDER"', f"'{null_sender}'")
