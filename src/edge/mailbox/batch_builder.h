// Fills batches: the bytes of their messages lie one behind the other in one buffer, and behind
// them the tail, which was read and does not belong to a message yet.
//
// Buffers come back when a batch is let go, from whatever thread, and are used again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "edge/mailbox/batch_reader.h"

namespace backstop::mailbox {

class BatchBuilder {
 public:
  BatchBuilder();
  ~BatchBuilder();
  BatchBuilder(const BatchBuilder&) = delete;
  BatchBuilder& operator=(const BatchBuilder&) = delete;

  // Bytes read from the disk so far; they are counted into the batch they were read for.
  std::uint64_t& disk_bytes() { return disk_bytes_; }

  std::string_view tail() const;
  // Space behind the tail for `bytes` or more; views into the tail end here.  The batch is closed
  // when it has no room for them.  A tail grows as far as one message may.
  struct Room {
    char* at;
    std::size_t bytes;
  };
  Room room(std::size_t bytes);
  void read_into_room(std::size_t bytes) { tail_end_ += bytes; }
  // The tail begins `bytes` later; those before belong to messages, or to nothing.
  void drop(std::size_t bytes) { tail_begin_ += bytes; }

  // `message.bytes` and `from_line` are views into the tail.  `source` is the mailbox's.
  void add(const std::string& source, BatchMessage message);
  void add_unreadable(Unreadable unreadable);

  // The batch is as full as it should get: close it before anything is added.
  bool is_full() const;
  void close();
  // Whether a batch is closed.
  bool has_closed() const { return !closed_.empty(); }
  Batch take();
  // Closes what is begun, when there is anything.
  void finish();

 private:
  struct Buffer;
  class Pool;

  std::shared_ptr<Buffer> make_buffer(std::size_t bytes);

  std::shared_ptr<Pool> pool_;
  std::shared_ptr<Buffer> buffer_;
  std::size_t tail_begin_ = 0;
  std::size_t tail_end_ = 0;
  Batch batch_;
  std::uint64_t disk_bytes_ = 0;
  std::uint64_t counted_bytes_ = 0;
  std::deque<Batch> closed_;
};

}  // namespace backstop::mailbox
