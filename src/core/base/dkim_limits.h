// Limits of the DKIM proof; part of core/base/limits.h.
#pragma once

#include <chrono>
#include <cstddef>

namespace backstop::limits {

// Bytes of a returned header that carries a signature, kept as they came until it is judged; our
// own mail leaves with a few thousand, and hops add some hundred each.
inline constexpr std::size_t kRawHeaderBytes = 64 * 1024;
// Signatures in our name in one returned header that are held against a key.
inline constexpr std::size_t kDkimCandidates = 8;
// Names in the h= of a signature; signers sign some 20 fields, and name a few twice.
inline constexpr std::size_t kDkimSignedNames = 1000;
// Tags of a signature or key record; RFC 6376 knows 15.
inline constexpr std::size_t kDkimTags = 50;
// A domain or a selector with its dots, as DNS has it (RFC 1035 §2.3.4).
inline constexpr std::size_t kDkimNameBytes = 253;
// Keys of one selector: the same name used again after a rotation.
inline constexpr std::size_t kDkimKeysPerSelector = 4;
// Keys of ours in all, retired ones included: a thousand domains with a few selectors each.
inline constexpr std::size_t kDkimKeys = 20'000;
// A key file, or a key record: 8192 bits take under 7 KiB as a private key in PEM.
inline constexpr std::size_t kDkimKeyBytes = 64 * 1024;
// A table or configuration of the signer: a line a key.
inline constexpr std::size_t kDkimTableBytes = 8 * 1024 * 1024;
inline constexpr std::size_t kDkimTableLines = 100'000;
// Selectors nobody told us that DNS is asked for: of one message, and of all within an hour, since
// anybody can write a selector into a header.
inline constexpr std::size_t kDkimQuestionsPerMessage = 2;
inline constexpr std::size_t kDkimQuestionsPerHour = 20;
// What DNS answered about selectors, kept: so many, for so long.  A key stays until another answer
// comes, for DNS may be away when it is needed.
inline constexpr std::size_t kDkimAnswers = 1000;
inline constexpr std::chrono::hours kDkimKeyAge{24};
inline constexpr std::chrono::hours kDkimAbsenceAge{1};
inline constexpr std::chrono::minutes kDkimFailureAge{5};

}  // namespace backstop::limits
