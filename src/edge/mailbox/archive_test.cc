#include "edge/mailbox/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "edge/mailbox/mailbox_test.h"

namespace backstop::mailbox {
namespace {

using ArchiveTest = MailboxTest;
using Members = std::vector<std::pair<std::string, std::string>>;

using AddFilter = int (*)(struct archive*);
using SetFormat = int (*)(struct archive*);

std::string pack(SetFormat format, AddFilter filter, const Members& members) {
  std::size_t size = 1024 * 1024;
  for (const auto& [name, bytes] : members)
    size += bytes.size() + 4096;
  std::string packed(size, '\0');
  struct archive* const handle = archive_write_new();
  EXPECT_EQ(format(handle), ARCHIVE_OK);
  const int filtered = filter == nullptr ? ARCHIVE_OK : filter(handle);
  EXPECT_EQ(filtered, ARCHIVE_OK);
  std::size_t used = 0;
  EXPECT_EQ(archive_write_open_memory(handle, packed.data(), packed.size(), &used), ARCHIVE_OK);
  for (const auto& [name, bytes] : members) {
    archive_entry* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    EXPECT_EQ(archive_write_header(handle, entry), ARCHIVE_OK);
    EXPECT_EQ(archive_write_data(handle, bytes.data(), bytes.size()),
              static_cast<la_ssize_t>(bytes.size()));
    archive_entry_free(entry);
  }
  archive_write_close(handle);
  archive_write_free(handle);
  packed.resize(used);
  return packed;
}

std::string squeeze(AddFilter filter, const std::string& bytes) {
  return pack(&archive_write_set_format_raw, filter, {{"data", bytes}});
}

const AddFilter kFilters[] = {&archive_write_add_filter_gzip, &archive_write_add_filter_bzip2,
                              &archive_write_add_filter_xz, &archive_write_add_filter_zstd};

std::string mail(std::string_view subject) {
  return "From: a@example.org\nSubject: " + std::string(subject) + "\n\ntext\n";
}

std::string mbox(int messages) {
  std::string box;
  for (int i = 1; i <= messages; ++i) {
    box += "From a@example.org Fri Nov 20 10:00:00 2026\n" + mail(std::to_string(i)) + "\n";
  }
  return box;
}

// Bytes that do not pack.
std::string noise(std::size_t bytes, unsigned state = 1) {
  std::string text;
  while (text.size() < bytes) {
    state = state * 1664525U + 1013904223U;
    text += static_cast<char>('!' + (state >> 24) % 90);
  }
  return text;
}

TEST_F(ArchiveTest, PackedMailboxReadsAsTheMailbox) {
  for (const AddFilter filter : kFilters) {
    const std::string path = write("box", squeeze(filter, mbox(3)));
    const Collected got = collect({path});
    ASSERT_EQ(got.messages.size(), 3U);
    EXPECT_EQ(got.messages[2].source, path + "#3");
    EXPECT_EQ(got.messages[2].bytes, mail("3"));
    EXPECT_EQ(got.messages[0].offset, 44U);
    EXPECT_TRUE(got.unreadable.empty());
    EXPECT_EQ(collect({write("one", squeeze(filter, mail("x")))}).messages.at(0).bytes, mail("x"));
  }
}

TEST_F(ArchiveTest, ArchivesGiveTheirMembersByName) {
  const Members members = {{"box/cur/1700000000.M1.host:2,S", "one"},
                           {"box/tmp/1700000001.M1.host", "unfinished"},
                           {"box/dovecot-uidlist", "3 V1"},
                           {"tree/a.eml", "two"},
                           {"tree/inbox", mbox(2)},
                           {"tree/inner.gz", squeeze(&archive_write_add_filter_gzip, mbox(1))},
                           {"tree/readme", "no mail"}};
  const std::vector<std::string> archives = {
      pack(&archive_write_set_format_zip, nullptr, members),
      pack(&archive_write_set_format_pax_restricted, nullptr, members),
      pack(&archive_write_set_format_ustar, &archive_write_add_filter_zstd, members),
      pack(&archive_write_set_format_v7tar, &archive_write_add_filter_xz, members)};
  for (const std::string& archive : archives) {
    const std::string path = write("all", archive);
    const Collected got = collect({path});
    EXPECT_EQ(got.unreadable, (std::vector<std::string>{path + "!tree/readme: is no mail"}));
    ASSERT_EQ(got.messages.size(), 5U);
    EXPECT_EQ(got.messages[0].source, path + "!box/cur/1700000000.M1.host:2,S");
    EXPECT_EQ(got.messages[0].bytes, "one");
    EXPECT_EQ(got.messages[1].source, path + "!tree/a.eml");
    EXPECT_EQ(got.messages[2].source, path + "!tree/inbox#1");
    EXPECT_EQ(got.messages[4].source, path + "!tree/inner.gz#1");
  }
}

TEST_F(ArchiveTest, WhatADamagedOneStillHoldsIsGiven) {
  std::string box;
  for (unsigned i = 0; i < 100; ++i) {
    box += "From a@example.org Fri Nov 20 10:00:00 2026\n" + mail(noise(20000, i)) + "\n";
  }
  for (const AddFilter filter : kFilters) {
    std::string packed = squeeze(filter, box);
    packed.resize(packed.size() * 3 / 4);
    const Collected got = collect({write("box", packed)});
    EXPECT_GT(got.messages.size(), 20U);
    EXPECT_LT(got.messages.size(), 90U);
    ASSERT_EQ(got.unreadable.size(), 1U);
    EXPECT_NE(got.unreadable[0].find("cannot be unpacked"), std::string::npos);
  }
  std::string tar = pack(&archive_write_set_format_ustar, nullptr,
                         {{"a.eml", mail("a")}, {"b.eml", mail(noise(100000))}});
  tar.resize(50000);
  const Collected got = collect({write("tar", tar)});
  EXPECT_EQ(got.messages.at(0).bytes, mail("a"));
  EXPECT_EQ(got.unreadable.size(), 1U);
}

TEST_F(ArchiveTest, ArchivesWithinEachOtherEndSomewhere) {
  std::string nested = mail("inside");
  for (unsigned i = 0; i < limits::kMailboxArchiveDepth; ++i) {
    nested = pack(&archive_write_set_format_ustar, nullptr, {{"a.eml", nested}});
  }
  EXPECT_EQ(collect({write("deep", nested)}).messages.size(), 1U);
  nested = pack(&archive_write_set_format_ustar, nullptr, {{"a.eml", nested}});
  const Collected got = collect({write("deeper", nested)});
  EXPECT_TRUE(got.messages.empty());
  EXPECT_EQ(got.unreadable.size(), 1U);
}

TEST_F(ArchiveTest, WhatUnpacksToFarTooMuchIsLeft) {
  const std::string line(1024, 'x');
  std::string bomb = "From a@example.org Fri Nov 20 10:00:00 2026\n" + mail("bomb");
  while (bomb.size() < 32 * 1024 * 1024)
    bomb += line + "\n";
  // Frames of zstd may follow each other (RFC 8878 §3.1).
  const std::string frame = squeeze(&archive_write_add_filter_zstd, bomb);
  std::string frames;
  for (std::uint64_t size = 0; size < 2 * limits::kMailboxUnpackedBytes; size += bomb.size()) {
    frames += frame;
  }
  const Collected got = collect({write("bomb", frames)});
  ASSERT_EQ(got.unreadable.size(), 1U);
  EXPECT_NE(got.unreadable[0].find("far more than mail does"), std::string::npos);
  EXPECT_LT(got.messages.size(), 40U);
}

TEST_F(ArchiveTest, EmptyAndBrokenBeginningsAreTold) {
  const std::string broken = write("broken", std::string("\x1f\x8b\x08\0\0\0\0\0", 8) + "nonsense");
  const std::string zip = write("zip", std::string("PK\3\4") + noise(1000));
  const Collected got = collect({broken, zip});
  EXPECT_TRUE(got.messages.empty());
  EXPECT_EQ(got.unreadable.size(), 2U);
}

}  // namespace
}  // namespace backstop::mailbox
