"""The messages of the benchmark, as an MTA stores them (LF line ends)."""

DOMAIN = "shop.test"
VICTIM = f"victim@{DOMAIN}"
STRANGER = "anna@else.test"


def bounce() -> str:
    """A bounce that returned everything of a spam we never sent: 4 KiB, refused at end of message."""
    spam = "".join(f"Line {n} of an offer nobody asked for, at http://offer.else.test/{n}\n" for n in range(30))
    return f"""\
Received: from relay.else.test (relay.else.test [192.0.2.7])
\tby mx.{DOMAIN} (Postfix) with ESMTP id 4TestQueueId
\tfor <{VICTIM}>; Sat, 21 Nov 2026 03:23:34 +0000 (UTC)
From: Mail Delivery System <MAILER-DAEMON@relay.else.test>
To: {VICTIM}
Subject: Undelivered Mail Returned to Sender
Date: Sat, 21 Nov 2026 03:23:34 +0000
Message-ID: <20261121032334.1@relay.else.test>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4Bx1.1795000000/relay.else.test"

This is a MIME-encapsulated message.

--4Bx1.1795000000/relay.else.test
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host relay.else.test.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<nobody@else.test>: host mx.else.test[192.0.2.8] said: 550 5.1.1
    <nobody@else.test>: Recipient address rejected: User unknown
    (in reply to RCPT TO command)

--4Bx1.1795000000/relay.else.test
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.else.test
X-Postfix-Queue-ID: 4Bx1
X-Postfix-Sender: rfc822; {VICTIM}
Arrival-Date: Sat, 21 Nov 2026 03:23:30 +0000 (UTC)

Final-Recipient: rfc822; nobody@else.test
Original-Recipient: rfc822;nobody@else.test
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.else.test
Diagnostic-Code: smtp; 550 5.1.1 <nobody@else.test>: Recipient address rejected:
    User unknown

--4Bx1.1795000000/relay.else.test
Content-Description: Undelivered Message
Content-Type: message/rfc822

Received: from bot.else.test (unknown [198.51.100.7])
\tby relay.else.test (Postfix) with SMTP id 4Bx0
\tfor <nobody@else.test>; Sat, 21 Nov 2026 03:23:30 +0000 (UTC)
From: "The Offers" <{VICTIM}>
To: nobody@else.test
Subject: Today only
Date: Sat, 21 Nov 2026 03:23:29 +0000
Message-ID: <spam.1@{DOMAIN}>

{spam}
--4Bx1.1795000000/relay.else.test--
"""


def letter(sender: str, recipient: str) -> str:
    """An ordinary message of 2 KiB."""
    text = "".join(f"This is line {n} of a letter, as one person writes to another.\n" for n in range(25))
    return f"""\
From: {sender}
To: {recipient}
Subject: About the shelves
Date: Sat, 21 Nov 2026 03:23:34 +0000
Message-ID: <20261121032334.2@{sender.split("@")[1]}>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
User-Agent: Mutt/2.2.9

{text}"""
