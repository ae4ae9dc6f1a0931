# Files what Backstop could not prove into the junk folder of Exchange mailboxes.
#
# What it does: a message that Backstop judged forged, replayed or unproven gets a spam confidence level (SCL) of 6,
#   which the junk mail rule of a mailbox moves to its junk folder; a genuine one gets -1, and is not filtered for what
#   it returns.
# Where it goes: into the Exchange Management Shell, or PowerShell connected to Exchange Online, as a user who may
#   manage transport rules. Backstop guards the mail server in front of Exchange.
# How it was tried: not at all. There is no Exchange where Backstop is built; the lines follow Microsoft's description
#   of New-TransportRule. Begin with -Mode Audit, look at the message trace, then set -Mode Enforce.
#
# Only mail that your own guarded server hands in can be believed: give its address below.
$Gateway = "192.0.2.25"

New-TransportRule -Name "Backstop: forged or unproven" -Mode Audit -Priority 0 `
  -SenderIpRanges $Gateway `
  -HeaderMatchesMessageHeader "Backstop-Verdict" -HeaderMatchesPatterns "^(forged|replayed|unproven);" `
  -SetSCL 6

New-TransportRule -Name "Backstop: genuine" -Mode Audit -Priority 1 `
  -SenderIpRanges $Gateway `
  -HeaderMatchesMessageHeader "Backstop-Verdict" -HeaderMatchesPatterns "^genuine;" `
  -SetSCL -1

# Mail that comes in by another way must not bring a verdict of its own.
New-TransportRule -Name "Backstop: no verdict from elsewhere" -Mode Audit -Priority 2 `
  -ExceptIfSenderIpRanges $Gateway `
  -HeaderMatchesMessageHeader "Backstop-Verdict" -HeaderMatchesPatterns "." `
  -RemoveHeader "Backstop-Verdict"

# When the audit shows what you expect:
#   Get-TransportRule "Backstop:*" | Set-TransportRule -Mode Enforce
# To take it back:
#   Get-TransportRule "Backstop:*" | Remove-TransportRule
