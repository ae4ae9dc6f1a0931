// Mailboxes in a directory of the test, and all that a reader gives of them.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "edge/mailbox/batch_reader.h"
#include "edge/mailbox/message_place.h"

namespace backstop::mailbox {

namespace fs = std::filesystem;

struct Message {
  std::string source;
  std::optional<std::uint64_t> offset;
  std::string bytes;
  std::string sender;
  bool cut = false;
};

struct Collected {
  std::vector<Message> messages;
  std::vector<std::string> unreadable;
  std::uint64_t bytes = 0;
  std::size_t batches = 0;
};

inline Collected collect(const std::vector<std::string>& paths) {
  Collected got;
  BatchReader reader(paths);
  Batch batch;
  while (reader.next(batch)) {
    EXPECT_EQ(batch.index, got.batches);
    ++got.batches;
    got.bytes += batch.bytes;
    for (const Unreadable& unreadable : batch.unreadable) {
      got.unreadable.push_back(unreadable.error.text());
    }
    for (const BatchMessage& message : batch.messages) {
      const MessagePlace place = place_of(batch, message);
      got.messages.push_back({.source = place.source,
                              .offset = place.offset,
                              .bytes = std::string(message.bytes),
                              .sender = place.envelope_sender.value_or(""),
                              .cut = message.cut});
    }
  }
  return got;
}

class MailboxTest : public testing::Test {
 protected:
  MailboxTest() {
    std::string name = (fs::temp_directory_path() / "backstop-mailbox-XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~MailboxTest() override {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  std::string write(const std::string& name, std::string_view text) const {
    const fs::path path = root_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

  fs::path root_;
};

}  // namespace backstop::mailbox
