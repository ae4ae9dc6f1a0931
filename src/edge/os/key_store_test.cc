#include "edge/os/key_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "core/proof/key_change.h"
#include "core/proof/key_file.h"
#include "testing/temporary_directory.h"

namespace backstop::os {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Instant kNow = parse_instant("2026-11-21T03:23:34Z").value();

crypto::Secret secret_of(std::uint8_t byte) {
  return crypto::Secret(std::vector<std::uint8_t>(proof::kSecretBytes, byte));
}

std::string text_of(const proof::KeyRing& ring) {
  const crypto::Secret text = proof::render_ring_export(ring);
  return {text.bytes().begin(), text.bytes().end()};
}

proof::KeyRing first_ring() {
  const auto ring = proof::add_key(proof::KeyRing(secret_of(9), {}), secret_of(1), kNow).value();
  return proof::rotate_to(ring, 1).value();
}

class KeyStoreTest : public ::testing::Test {
 protected:
  void make() {
    const auto lock = store_.lock_new();
    ASSERT_TRUE(lock.has_value()) << lock.error().text();
    const auto saved = store_.save(*lock, nullptr, first_ring());
    ASSERT_TRUE(saved.has_value()) << saved.error().text();
  }
  // Loads, changes and saves as a command does.
  template <class Change>
  void change(Change change) {
    const auto lock = store_.lock().value();
    const auto loaded = store_.load().value();
    const auto saved = store_.save(lock, loaded.ring.get(), change(*loaded.ring).value());
    ASSERT_TRUE(saved.has_value()) << saved.error().text();
  }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

  const testing::TemporaryDirectory temporary_;
  const std::string path_ = temporary_ / "keys";
  const KeyStore store_{path_};
};

TEST_F(KeyStoreTest, GivesBackTheRingThatWasSaved) {
  make();
  const auto loaded = store_.load();
  ASSERT_TRUE(loaded.has_value()) << loaded.error().text();
  EXPECT_EQ(text_of(*loaded->ring), text_of(first_ring()));
  EXPECT_THAT(loaded->notes, IsEmpty());
}

TEST_F(KeyStoreTest, GivesBackEveryChange) {
  make();
  std::string wanted;
  change([&](const proof::KeyRing& ring) {
    return proof::add_key(proof::extend_emission(ring, 1, kNow), secret_of(2), kNow);
  });
  change([&](const proof::KeyRing& ring) { return proof::rotate_to(ring, 2); });
  change([&](const proof::KeyRing& ring) {
    auto after = proof::retire_key(ring, 1);
    wanted = text_of(after.value());
    return after;
  });
  EXPECT_EQ(text_of(*store_.load().value().ring), wanted);
  change([&](const proof::KeyRing& ring) {
    return proof::delete_key(ring, 1, kNow + Days{423}, Days{21});
  });
  const auto ring = store_.load().value().ring;
  EXPECT_EQ(ring->find(1), nullptr);
  EXPECT_TRUE(ring->is_deleted(1));
  EXPECT_FALSE(std::filesystem::exists(file("key-0001")));
  EXPECT_EQ(ring->emitting()->info().id, 2);
}

TEST_F(KeyStoreTest, IsNotMadeOverARing) {
  make();
  const auto lock = store_.lock_new().value();
  const auto saved = store_.save(lock, nullptr, first_ring());
  ASSERT_FALSE(saved.has_value());
  EXPECT_EQ(saved.error().code, Errc::Exists);
}

TEST_F(KeyStoreTest, SaysWhatToDoWithoutARing) {
  EXPECT_EQ(store_.load().error().code, Errc::NotFound);
  ASSERT_TRUE(store_.lock_new().has_value());
  const auto empty = store_.load();
  EXPECT_EQ(empty.error().code, Errc::NotFound);
  EXPECT_THAT(empty.error().detail, HasSubstr("--new-ring"));
}

TEST_F(KeyStoreTest, DoesNotTakeADirectoryWithoutItsRingFileForANewOne) {
  make();
  std::filesystem::remove(file("ring"));
  const auto loaded = store_.load();
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code, Errc::Invalid);
  const auto lock = store_.lock_new().value();
  EXPECT_EQ(store_.save(lock, nullptr, first_ring()).error().code, Errc::Exists);
}

TEST_F(KeyStoreTest, IgnoresForeignFilesWithANoteAndRemovesWhatCrashesLeft) {
  make();
  for (const char* name : {"key-0001~", "key-00001", "key-1", "notes.txt", "key-0002.tmp"})
    std::ofstream(file(name)) << "x";
  const auto loaded = store_.load().value();
  EXPECT_EQ(text_of(*loaded.ring), text_of(first_ring()));
  EXPECT_THAT(loaded.notes, ElementsAre(HasSubstr("key-00001"), HasSubstr("key-0001~"),
                                        HasSubstr("key-1"), HasSubstr("notes.txt")));
  change([](const proof::KeyRing& ring) { return proof::add_key(ring, secret_of(2), kNow); });
  EXPECT_FALSE(std::filesystem::exists(file("key-0002.tmp")));
  EXPECT_TRUE(std::filesystem::exists(file("key-0001~")));
}

TEST_F(KeyStoreTest, RefusesAKeyThatOthersMayReadAndABrokenOneWithItsLine) {
  make();
  ASSERT_EQ(chmod(file("key-0001").c_str(), 0644), 0);
  EXPECT_EQ(store_.load().error().code, Errc::Denied);
  ASSERT_EQ(chmod(file("key-0001").c_str(), 0600), 0);
  std::ofstream(file("key-0001")) << "backstop-key: 1\nid: none\ncreated: x\n";
  const auto broken = store_.load();
  ASSERT_FALSE(broken.has_value());
  EXPECT_EQ(broken.error().code, Errc::Invalid);
  EXPECT_EQ(broken.error().where, file("key-0001") + ":2");
}

TEST_F(KeyStoreTest, RefusesAKeyFileUnderAnotherKeysName) {
  make();
  std::filesystem::rename(file("key-0001"), file("key-0007"));
  const auto loaded = store_.load();
  ASSERT_FALSE(loaded.has_value());
  EXPECT_THAT(loaded.error().detail, HasSubstr("rename it to key-0001"));
}

TEST_F(KeyStoreTest, StillVerifiesWhenTheEmittingKeyIsLost) {
  make();
  change([](const proof::KeyRing& ring) { return proof::add_key(ring, secret_of(2), kNow); });
  std::filesystem::remove(file("key-0001"));
  const auto loaded = store_.load().value();
  EXPECT_EQ(loaded.ring->emitting(), nullptr);
  EXPECT_NE(loaded.ring->find(2), nullptr);
  EXPECT_THAT(loaded.notes, ElementsAre(HasSubstr("Key 1 should emit but is not there")));
}

TEST_F(KeyStoreTest, HoldsTheOldOrTheNewRingWhereverARotationIsCut) {
  make();
  // The new key's file is written, the ring file is not.
  change([](const proof::KeyRing& ring) { return proof::add_key(ring, secret_of(2), kNow); });
  EXPECT_EQ(store_.load().value().ring->emitting()->info().id, 1);
  // A deletion that got as far as the ring file.
  change([](const proof::KeyRing& ring) { return proof::retire_key(ring, 2); });
  std::filesystem::copy_file(file("key-0002"), temporary_ / "copy");
  change([](const proof::KeyRing& ring) { return proof::delete_key(ring, 2, kNow, Days{21}); });
  std::filesystem::copy_file(temporary_ / "copy", file("key-0002"));
  const auto loaded = store_.load().value();
  EXPECT_EQ(loaded.ring->find(2), nullptr);
  EXPECT_THAT(loaded.notes, ElementsAre(HasSubstr("Key 2 is listed as deleted")));
  change([](const proof::KeyRing& ring) { return proof::add_key(ring, secret_of(3), kNow); });
  EXPECT_FALSE(std::filesystem::exists(file("key-0002")));
  EXPECT_NE(store_.load().value().ring->find(3), nullptr);
}

TEST_F(KeyStoreTest, HasAVersionThatChangesWithItsFilesOnly) {
  make();
  const std::string first = store_.version().value();
  EXPECT_EQ(store_.load().value().version, first);
  std::ofstream(file("notes.txt")) << "x";
  EXPECT_EQ(store_.version().value(), first);
  change([](const proof::KeyRing& ring) { return proof::add_key(ring, secret_of(2), kNow); });
  const std::string second = store_.version().value();
  EXPECT_NE(second, first);
  change([](const proof::KeyRing& ring) { return proof::rotate_to(ring, 2); });
  EXPECT_NE(store_.version().value(), second);
}

TEST_F(KeyStoreTest, WritesOnlyWhatChanged) {
  make();
  const auto before = std::filesystem::last_write_time(file("key-0001"));
  const auto directory = PrivateDirectory::open(path_).value();
  const auto version = directory.version_of("key-0001");
  change([](const proof::KeyRing& ring) { return proof::add_key(ring, secret_of(2), kNow); });
  EXPECT_EQ(directory.version_of("key-0001"), version);
  EXPECT_EQ(std::filesystem::last_write_time(file("key-0001")), before);
}

}  // namespace
}  // namespace backstop::os
