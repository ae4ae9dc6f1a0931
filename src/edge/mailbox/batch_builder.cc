#include "edge/mailbox/batch_builder.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include "core/base/limits.h"

namespace backstop::mailbox {
namespace {

// A whole message, and what must be seen behind it.
constexpr std::size_t kTailBytes = limits::kMailboxMessageBytes + 4 * limits::kMailboxHeadBytes;

}  // namespace

struct BatchBuilder::Buffer {
  std::unique_ptr<char[]> bytes;
  std::size_t capacity = 0;
};

// Ordinary buffers that nobody looks at any more.
class BatchBuilder::Pool {
 public:
  std::unique_ptr<Buffer> take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return nullptr;
    auto buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
  }
  void give(std::unique_ptr<Buffer> buffer) {
    const std::lock_guard lock(mutex_);
    if (free_.size() < kKept) free_.push_back(std::move(buffer));
  }

 private:
  static constexpr std::size_t kKept = 8;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Buffer>> free_;
};

BatchBuilder::BatchBuilder() : pool_(std::make_shared<Pool>()) {
  buffer_ = make_buffer(limits::kMailboxBatchBytes);
}

BatchBuilder::~BatchBuilder() = default;

std::shared_ptr<BatchBuilder::Buffer> BatchBuilder::make_buffer(std::size_t bytes) {
  const bool ordinary = bytes <= limits::kMailboxBatchBytes;
  std::unique_ptr<Buffer> buffer = ordinary ? pool_->take() : nullptr;
  if (!buffer) {
    const std::size_t capacity = std::max(bytes, limits::kMailboxBatchBytes);
    // Not initialised: what is not read into is never touched.
    buffer = std::make_unique<Buffer>(
        Buffer{.bytes = std::unique_ptr<char[]>(new char[capacity]), .capacity = capacity});
  }
  return {buffer.release(), [pool = pool_, ordinary](Buffer* done) {
            std::unique_ptr<Buffer> owned(done);
            if (ordinary) pool->give(std::move(owned));
          }};
}

std::string_view BatchBuilder::tail() const {
  return {buffer_->bytes.get() + tail_begin_, tail_end_ - tail_begin_};
}

BatchBuilder::Room BatchBuilder::room(std::size_t bytes) {
  if (buffer_->capacity - tail_end_ < bytes) {
    if (!batch_.messages.empty()) close();
    const std::size_t held = tail_end_ - tail_begin_;
    const bool oversized =
        buffer_->capacity > limits::kMailboxBatchBytes && held + bytes < buffer_->capacity / 4;
    if (buffer_->capacity - held >= bytes && !oversized) {
      std::memmove(buffer_->bytes.get(), buffer_->bytes.get() + tail_begin_, held);
    } else {
      const auto bigger = make_buffer(std::max(held + bytes, std::min(2 * held, kTailBytes)));
      std::memcpy(bigger->bytes.get(), buffer_->bytes.get() + tail_begin_, held);
      buffer_ = bigger;
    }
    tail_begin_ = 0;
    tail_end_ = held;
  }
  return {buffer_->bytes.get() + tail_end_, buffer_->capacity - tail_end_};
}

void BatchBuilder::add(const std::string& source, BatchMessage message) {
  if (batch_.sources.empty() || batch_.sources.back() != source) batch_.sources.push_back(source);
  message.source = static_cast<std::uint32_t>(batch_.sources.size() - 1);
  batch_.messages.push_back(message);
}

void BatchBuilder::add_unreadable(Unreadable unreadable) {
  batch_.unreadable.push_back(std::move(unreadable));
}

bool BatchBuilder::is_full() const {
  return batch_.messages.size() >= limits::kMailboxBatchMessages ||
         batch_.unreadable.size() >= limits::kMailboxBatchUnreadable ||
         (tail_begin_ >= limits::kMailboxBatchBytes && !batch_.messages.empty());
}

void BatchBuilder::close() {
  const std::size_t held = tail_end_ - tail_begin_;
  batch_.bytes = disk_bytes_ - std::exchange(counted_bytes_, disk_bytes_);
  if (!batch_.messages.empty()) {
    const std::shared_ptr<Buffer> full =
        std::exchange(buffer_, make_buffer(std::max(held, std::min(held + held / 2, kTailBytes))));
    std::memcpy(buffer_->bytes.get(), full->bytes.get() + tail_begin_, held);
    batch_.keeps = full;
    tail_begin_ = 0;
    tail_end_ = held;
  }
  const std::uint64_t next = batch_.index + 1;
  closed_.push_back(std::exchange(batch_, Batch{}));
  batch_.index = next;
}

Batch BatchBuilder::take() {
  Batch batch = std::move(closed_.front());
  closed_.pop_front();
  return batch;
}

void BatchBuilder::finish() {
  if (!batch_.messages.empty() || !batch_.unreadable.empty() || disk_bytes_ != counted_bytes_) {
    close();
  }
}

}  // namespace backstop::mailbox
