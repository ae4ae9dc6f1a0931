#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>

#include "edge/backup/archive_reader.h"
#include "edge/backup/archive_writer.h"

namespace backstop::backup {
namespace {

constexpr Instant kNow{Seconds{1'764'000'000}};

class Kept final : public BackupSink {
 public:
  Result<void> on_manifest(const Manifest&) override { return {}; }
  Result<void> on_file(const BackupFile& file) override {
    name_ = file.name;
    files[name_].clear();
    return {};
  }
  Result<void> on_bytes(std::string_view bytes) override {
    files[name_] += bytes;
    return {};
  }
  Result<void> on_file_end(const BackupFile&) override {
    ++ended;
    return {};
  }
  std::map<std::string, std::string> files;
  int ended = 0;

 private:
  std::string name_;
};

// What an archive is made of, so that each test can spoil a part.
struct Parts {
  Parts() { manifest.created = kNow; }
  Manifest manifest;
  std::vector<std::pair<std::string, std::string>> members;

  void add(const std::string& name, const std::string& content) {
    members.emplace_back(name, content);
    manifest.files.push_back(
        {.name = name, .mode = 0600, .bytes = content.size(), .digest = crypto::sha256(content)});
  }
};

Parts example() {
  Parts parts;
  parts.add("keys/ring", "the ring");
  std::string large;
  for (int i = 0; i < 200'000; ++i)
    large += std::to_string(i * 7919 % 10007);
  parts.add("store/ledger.db", large);
  return parts;
}

std::string pack(const Parts& parts) {
  std::string out;
  auto writer = ArchiveWriter::begin([&out](std::string_view bytes) {
    out += bytes;
    return Result<void>();
  });
  EXPECT_TRUE(writer);
  const std::string manifest = render_manifest(parts.manifest);
  EXPECT_TRUE(writer->add(kManifestName, manifest.size(), 0600, kNow));
  EXPECT_TRUE(writer->write(manifest));
  for (const auto& [name, content] : parts.members) {
    EXPECT_TRUE(writer->add(name, content.size(), 0600, kNow));
    EXPECT_TRUE(writer->write(content));
  }
  EXPECT_TRUE(writer->finish());
  return out;
}

Result<Manifest> read_bytes(const std::string& bytes, Kept& kept) {
  std::string path = "/tmp/backup-test-XXXXXX";
  close(mkstemp(path.data()));
  std::ofstream(path, std::ios::binary) << bytes;
  auto read = read_backup(path, kept);
  unlink(path.c_str());
  return read;
}

std::string fault(const std::string& bytes) {
  Kept kept;
  const auto read = read_bytes(bytes, kept);
  return read ? std::string() : read.error().detail;
}

TEST(Backup, IsReadAsItWasWritten) {
  const Parts parts = example();
  Kept kept;
  const auto read = read_bytes(pack(parts), kept);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read, parts.manifest);
  EXPECT_EQ(kept.ended, 2);
  for (const auto& [name, content] : parts.members)
    EXPECT_EQ(kept.files[name], content);
}

TEST(Backup, ThatIsCutOffAnywhereIsNotTaken) {
  const std::string whole = pack(example());
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, whole.size() / 4, whole.size() / 2,
                                 whole.size() - 20, whole.size() - 1})
    EXPECT_NE(fault(whole.substr(0, size)), "") << size;
}

TEST(Backup, WithAnyByteChangedIsNotTaken) {
  const std::string whole = pack(example());
  for (std::size_t at = 0; at < whole.size(); at += whole.size() / 97 + 1) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x20);
    Kept kept;
    const auto read = read_bytes(changed, kept);
    // Some bytes of a tar header or of a packed block say nothing about the content.
    if (read) {
      EXPECT_EQ(kept.files["store/ledger.db"], example().members[1].second) << at;
    }
  }
}

TEST(Backup, HoldsItselfToItsManifest) {
  Parts parts = example();
  parts.members[0].second = "the rung";
  EXPECT_NE(fault(pack(parts)).find("other bytes"), std::string::npos);
  parts = example();
  parts.members[0].second += "s";
  EXPECT_NE(fault(pack(parts)).find("another size"), std::string::npos);
  parts = example();
  parts.members.emplace_back("keys/key-0666", "mine");
  EXPECT_NE(fault(pack(parts)).find("does not list"), std::string::npos);
  parts = example();
  parts.members.pop_back();
  EXPECT_NE(fault(pack(parts)).find("ends before"), std::string::npos);
  parts = example();
  parts.members[0].first = "../../etc/passwd";
  EXPECT_NE(fault(pack(parts)).find("where keys/ring belongs"), std::string::npos);
  parts = example();
  parts.manifest.files[1].bytes = std::uint64_t{1} << 39U;
  EXPECT_NE(fault(pack(parts)).find("another size"), std::string::npos);
  EXPECT_NE(fault("no archive at all, but some text that goes on"), "");
}

TEST(Backup, SaysWhatItsFileSaid) {
  auto writer = ArchiveWriter::begin(
      [](std::string_view) -> Result<void> { return fail(Errc::Unavailable, "f", "disk full"); });
  ASSERT_TRUE(writer);
  const std::string content(1 << 20, 'x');
  auto written = writer->add("keys/ring", content.size(), 0600, kNow);
  if (written) written = writer->write(content);
  if (written) written = writer->finish();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().detail, "disk full");
}

}  // namespace
}  // namespace backstop::backup
