# Files what answers mail you did not send into a folder of its own.
#
# What it does: a message that Backstop judged forged or replayed goes to the folder Backscatter, which is
#   made where it is missing, and no other script sees it: no vacation answers it. Everything else is left alone,
#   genuine bounces and unproven ones too. In enforce forged ones are refused before they get here.
# Where it goes: for everybody, by sieve_before (conf/dovecot/90-backstop.conf), as
#   /etc/dovecot/sieve-before.d/backstop.sieve, and then: sievec /etc/dovecot/sieve-before.d/backstop.sieve
#   For one person, at the top of their own script.
# How it was tried: with sievec and the delivery agent of Dovecot's Pigeonhole, as Debian 12 has them
#   (tests/system/rules_test.py).
#
# Backstop takes every Backstop-Verdict from outside away, so what stands there is its own; only let no mail in by a
# way around it.
require ["fileinto", "mailbox"];

# To file what nobody can tell too, put "unproven;*" into the list: ["forged;*", "replayed;*", "unproven;*"]
# WARNING: genuine bounces are among it. Until Backstop has signed the mail of your domain for as long as answers take,
# and wherever a way of it leaves unsigned, each of them is unproven: look at `backstop coverage` first.
if header :matches "Backstop-Verdict" ["forged;*", "replayed;*"] {
    fileinto :create "Backscatter";
    stop;
}
