// Every limit has its name and its reason here: queues, loops, caches, counts, depths and waits;
// those of files that a command reads in core/base/file_limits.h, those of keys and tags in
// core/base/key_limits.h, those of the doors for mail servers in core/base/door_limits.h, those of
// DKIM in core/base/dkim_limits.h, those of SMTP servers' answers in core/base/smtp_limits.h, those
// of alarms and of the verified feed in core/base/alarm_limits.h.
#pragma once

#include <chrono>
#include <cstddef>

#include "core/base/alarm_limits.h"
#include "core/base/dkim_limits.h"
#include "core/base/door_limits.h"
#include "core/base/file_limits.h"
#include "core/base/key_limits.h"
#include "core/base/smtp_limits.h"

namespace backstop::limits {

// --- Reading mail -------------------------------------------------------------------------------

// Bytes a walker may hold back before it decides what they are.  A header field longer than this is
// handed out cut, with a defect.  Sixteen times RFC 5322's line limit of 998.
inline constexpr std::size_t kWalkerHeldBytes = 16 * 1024;
// Header fields handed out per header block; later ones are counted and passed over.  Real mail has
// under 200.
inline constexpr std::size_t kHeaderFieldsPerBlock = 1000;
// Bytes of one header block that are handed out as fields; beyond that fields are only counted.
inline constexpr std::size_t kHeaderBytesPerBlock = 1024 * 1024;
// Nesting of parts and enclosed messages.  Real mail stays under 10; deeper content is passed over
// as one opaque part.
inline constexpr std::size_t kMimeDepth = 32;
// Parts of one message, all depths together; further ones are passed over.
inline constexpr std::size_t kMimeParts = 1000;
// A multipart boundary.  RFC 2046 allows 70; some mailers use more.
inline constexpr std::size_t kBoundaryBytes = 256;
// A whole delimiter line, "--" and padding included.  A longer line is content.
inline constexpr std::size_t kBoundaryLineBytes = 1024;
// A header field name.  RFC 5322's line limit; longer is no field.
inline constexpr std::size_t kFieldNameBytes = 998;
// Parameters of one Content-Type or Content-Disposition field.
inline constexpr std::size_t kParametersPerField = 32;
// Bytes of one decoded parameter or decoded header text.
inline constexpr std::size_t kDecodedFieldBytes = 16 * 1024;
// Proof tokens taken from one returned header block; the rest says nothing.
inline constexpr std::size_t kTokenCandidates = 8;
// The value of one token field with its folds; a token has 56 characters.
inline constexpr std::size_t kTokenTextBytes = 1024;
// Addresses one token is held against: every recipient of a transaction, and the returned
// Return-Path, From and Sender.
inline constexpr std::size_t kTokenAddressees = 1010;
// A token field that is looked at: one line of 76 columns, folded and padded by whoever returned
// it.
inline constexpr std::size_t kTokenFieldBytes = 512;
// Message-IDs kept of the fields that name what a message answers.
inline constexpr std::size_t kReferences = 100;
// Recipients taken from one delivery report.
inline constexpr std::size_t kReportRecipients = 1000;
// A diagnostic kept of one recipient: a reply of a few lines (RFC 5321 §4.5.3.1.5: 512 each).
inline constexpr std::size_t kDiagnosticBytes = 2048;
// Received lines kept of one returned header; RFC 5321 §6.3 has loops cut at 100 and real mail has
// under 20.
inline constexpr std::size_t kReturnedHops = 50;
// DKIM signatures noted from one returned header block.
inline constexpr std::size_t kReturnedSignatures = 32;
// Decoded text of a bounce's human-readable part that is looked at.
inline constexpr std::size_t kExaminedTextBytes = 1024 * 1024;

// Text of a notice in its own words that is searched for known phrases: products say what happened
// on their first page.
inline constexpr std::size_t kNoticeTextBytes = 32 * 1024;
// Text from its first byte beyond ASCII on, by which its charset is told.
inline constexpr std::size_t kCharsetEvidenceBytes = 4 * 1024;
// Text that can only be decoded as a whole: HTML with its style sheets, UTF-16.
inline constexpr std::size_t kBufferedTextBytes = 128 * 1024;
// Normal text that a language is told by: its first paragraphs. What follows is often
// technical, and English.
inline constexpr std::size_t kLanguageTextBytes = 2 * 1024;
// The name of an HTML tag, or what stands in its place: an address in angle brackets has 320.
inline constexpr std::size_t kHtmlTagBytes = 512;
// Of a notice, what is searched for the stems of unknown filters (notice_words.h): they say at once
// what they did; and so many places where one stands.
inline constexpr std::size_t kNoticeWordBytes = 4 * 1024;
inline constexpr std::size_t kNoticeWordHits = 512;
// Different known phrases noted of one message; real notices have under 20.
inline constexpr std::size_t kPhraseHits = 64;
// Addresses of a notice's own text that are weighed: every recipient a report may name, and what
// stands beside them.
inline constexpr std::size_t kAddressCandidates = 1200;
// Subject and From as they are shown; longer ones are cut.
inline constexpr std::size_t kShownFieldBytes = 998;

// --- Addresses ----------------------------------------------------------------------------------

// A path with its brackets (RFC 5321 §4.5.3.1.3 says 256); SMTPUTF8 makes octets of characters.
inline constexpr std::size_t kPathBytes = 1024;

// --- One SMTP transaction -----------------------------------------------------------------------

// Recipients of one message that are remembered one by one (Postfix: smtpd_recipient_limit 1000).
inline constexpr std::size_t kTransactionRecipients = 1000;
// Foreign fields of ours that are removed from one message.  Each removal makes the mail server
// read the header again; Postfix's header_size_limit allows some 5,000 fields in all.
inline constexpr std::size_t kRemovedFields = 1000;

// --- What is remembered -------------------------------------------------------------------------

// Spans without signing that are known one by one; past these the closest are joined.
inline constexpr std::size_t kSigningGaps = 1000;
// The file that holds them: a line has some 55 bytes; the rest is for what an editor added.
inline constexpr std::size_t kGapFileBytes = 256 * 1024;
// Messages of our own clients in the mail server's log whose record is awaited; past these the
// oldest are forgotten.
inline constexpr std::size_t kLogWatchMessages = 10'000;
// Keys of messages we saw, in each of two generations, that the log is held against.
inline constexpr std::size_t kLogWatchSeen = 200'000;
// Keys of each sort in one question to the ledger: candidates come from hostile text.
inline constexpr std::size_t kLedgerQueryKeys = 256;
// Message-IDs of one answer that are looked up: what it returns, and what it refers to.
inline constexpr std::size_t kLedgerMessageIds = 8;
// A returned header is not told from ours by its length alone below this: hops, signatures and
// filters add some kilobytes to any header.
inline constexpr std::size_t kSwollenHeaderBytes = 32 * 1024;
// Failed or answering parties of one answer that are looked up.
inline constexpr std::size_t kLedgerParties = 8;
// Rows of one account and day; above it only tokens prove, so that one stolen account cannot evict
// what others sent.
inline constexpr std::size_t kLedgerRowsPerAccount = 200'000;
// Messages that wait to be written down; a disk that stands still for longer makes a gap.
inline constexpr std::size_t kLedgerQueue = 50'000;
// Their rows: a message has two, and one for each recipient; some 40 MB.
inline constexpr std::size_t kLedgerQueueRows = 500'000;
// Keys in the ledger's index in memory, some 10 bytes each; the days of further ones are looked
// into on the disk, for every question.
inline constexpr std::size_t kLedgerIndexKeys = 64'000'000;
// Accounts whose rows of a day are counted; further ones have sent next to nothing yet.
inline constexpr std::size_t kLedgerAccounts = 200'000;
// Questions to the ledger that wait for the disk.
inline constexpr std::size_t kLedgerQuestions = 10'000;
// How long a store that failed rests before it is tried again: a full disk must not cost every
// message a write.
inline constexpr std::chrono::milliseconds kStoreRetry{5000};
// Damaged databases that are kept aside; with more of them the disk is at fault, and a new one
// would not last.
inline constexpr std::size_t kDamagedFiles = 10;
// How long what was sent or counted may wait for others to be committed with it.
inline constexpr std::chrono::milliseconds kStoreCommitWait{50};
// Use counters held; each is a number in memory and a row on disk.
inline constexpr std::size_t kUseCounters = 1'000'000;
// Rows of the history that wait to be written.
inline constexpr std::size_t kHistoryQueue = 20'000;
// Bytes of one text in a history row.
inline constexpr std::size_t kHistoryTextBytes = 1024;

// --- Mail server logs ---------------------------------------------------------------------------

// One line: a remote's reply of many lines is logged as one, and rsyslog cuts at 8 KiB.
inline constexpr std::size_t kLogLineBytes = 16 * 1024;
// Read at one look at a growing log: a second of the busiest server many times over.
inline constexpr std::size_t kLogPollBytes = 8 * 1024 * 1024;
// Read of all logs together, after decompression, to answer one question; a few seconds of work.
inline constexpr std::size_t kLogSearchBytes = std::size_t{4} * 1024 * 1024 * 1024;
// Rotated files of one log that are looked at, newest first.
inline constexpr std::size_t kLogFiles = 100;
// Messages and lines of each that one question may bring together.
inline constexpr std::size_t kLogMessages = 100;
inline constexpr std::size_t kLogDeliveries = 2000;

// --- A mail server's own configuration ----------------------------------------------------------

// What one of its programs may print; `postconf` prints under 64 KiB.
inline constexpr std::size_t kMtaOutputBytes = 4 * 1024 * 1024;
// How long one of its programs may take; `postfix check` looks at every file of a queue directory.
inline constexpr std::chrono::seconds kMtaProgramWait{120};
// main.cf, master.cf, passwd and what else belongs to it.
inline constexpr std::size_t kMtaConfigBytes = 4 * 1024 * 1024;
inline constexpr std::size_t kMtaConfigLines = 20'000;
// Differing lines that are compared one by one: the table for it has their square.
inline constexpr std::size_t kDiffLines = 2000;
// Symbolic links followed to a file of it, as the kernel does (path_resolution(7)).
inline constexpr std::size_t kMtaLinks = 40;

// --- DNS ----------------------------------------------------------------------------------------

// Records taken from one answer; a name with more TXT records than this is nobody's HELO name.
inline constexpr int kDnsAnswerRecords = 100;

// --- A survey of mailboxes ----------------------------------------------------------------------

// Different names (addresses, servers) of one sort that are counted one by one; past these the
// rarer half is forgotten.  A run that forges made-up names uses each once; some 6 MB a sort.
inline constexpr std::size_t kSurveyNames = 40'000;
// One of those names: RFC 5321 §4.5.3.1.3 allows a path 256 with its brackets.
inline constexpr std::size_t kSurveyNameBytes = 254;
// Entries of each list that is shown.
inline constexpr std::size_t kSurveyListed = 1000;
// Different days: fifty years of a mailbox; a hostile Date may name any.
inline constexpr std::size_t kSurveyDays = 18'300;
// A source, sender or subject in a list.
inline constexpr std::size_t kSurveyTextBytes = 512;
// Threads of one survey.
inline constexpr std::size_t kSurveyThreads = 256;
// Batches of messages for each thread that are being read or wait for one before them.
inline constexpr std::size_t kSurveyBatchesPerThread = 4;
// A table of what messages are known to be.
inline constexpr std::size_t kTruthBytes = 256 * 1024 * 1024;
inline constexpr std::size_t kTruthRows = 1'000'000;

}  // namespace backstop::limits
