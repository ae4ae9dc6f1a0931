# Files what Backstop found forged or replayed into the junk folder of Exchange mailboxes.
#
# What it does: a message that Backstop judged forged or replayed gets a spam confidence level (SCL) of 6, which
#   the junk mail rule of a mailbox moves to its junk folder. No verdict keeps a message from being filtered: a proof
#   says whose mail is answered, not what stands in the answer.
# Where it goes: into the Exchange Management Shell, or PowerShell connected to Exchange Online, as a user who may
#   manage transport rules. Backstop guards the mail server in front of Exchange.
# How it was tried: not at all. There is no Exchange where Backstop is built; the lines follow Microsoft's description
#   of New-TransportRule. Begin with -Mode Audit, look at the message trace, then set -Mode Enforce.
#
# Only mail that your own guarded server hands in can be believed: give its address below.
$Gateway = "192.0.2.25"

New-TransportRule -Name "Backstop: forged or replayed" -Mode Audit -Priority 0 `
  -SenderIpRanges $Gateway `
  -HeaderMatchesMessageHeader "Backstop-Verdict" -HeaderMatchesPatterns "^(forged|replayed);" `
  -SetSCL 6

# To file what nobody can tell too, take the sign # away from these lines.
# WARNING: genuine bounces are among it. Until Backstop has signed the mail of your domain for as long as answers take,
# and wherever a way of it leaves unsigned, each of them is unproven: look at `backstop coverage` first.
#New-TransportRule -Name "Backstop: unproven" -Mode Audit -Priority 1 `
#  -SenderIpRanges $Gateway `
#  -HeaderMatchesMessageHeader "Backstop-Verdict" -HeaderMatchesPatterns "^unproven;" `
#  -SetSCL 6

# Mail that comes in by another way must not bring a verdict of its own.
New-TransportRule -Name "Backstop: no verdict from elsewhere" -Mode Audit -Priority 1 `
  -ExceptIfSenderIpRanges $Gateway `
  -HeaderMatchesMessageHeader "Backstop-Verdict" -HeaderMatchesPatterns "." `
  -RemoveHeader "Backstop-Verdict"

# When the audit shows what you expect:
#   Get-TransportRule "Backstop:*" | Set-TransportRule -Mode Enforce
# To take it back:
#   Get-TransportRule "Backstop:*" | Remove-TransportRule
