// One connection of a door: a socket and its conversation.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/limits.h"
#include "core/metrics/metric.h"
#include "edge/door/conversation.h"
#include "edge/door/door.h"
#include "edge/door/loop.h"

namespace backstop::door {

// Acknowledge what was read at once.  Postfix writes several small packets without awaiting a
// reply; its Nagle algorithm holds all but the first until our acknowledgement, which the kernel
// would delay by 40 ms.  The kernel forgets this as it goes: to be said again after every read.
void acknowledge_quickly(int descriptor);

// Who is at the other end, for the log: "inet:192.0.2.1:50000", "unix:pid=71,uid=101", "unknown".
std::string describe_peer(int descriptor);

// Lives in the thread of its loop.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // REQUIRES: the loop and the door outlive the connection.
  Connection(Loop& loop, int descriptor, bool is_inet, Door& door);
  ~Connection();

  // `place` in the loop's list, for Loop::forget.
  void start(std::list<std::shared_ptr<Connection>>::iterator place);
  // When something must have happened; on_deadline() is due then.
  SteadyTime deadline() const;
  void on_deadline();
  // Closes a connection whose conversation is fresh, when nothing waits to be read.
  void close_if_fresh();
  void close();
  bool closed() const { return closed_; }

 private:
  void read();
  void on_read(std::size_t bytes);
  void on_writable();
  void on_answer(std::uint32_t question, Result<transaction::Answer> answer);
  template <class Step>
  void guarded(Step step);
  void advance(std::string& out);
  void answer_questions(std::string& out);
  std::optional<Result<transaction::Answer>> ask();
  bool write(std::string_view bytes);
  void end();
  void drop(bool in_message);
  bool is_idle() const;
  void count(metrics::Metric metric, std::int64_t by = 1);
  void count_answer(bool in_time);

  Loop& loop_;
  Door& door_;
  const std::uint8_t door_index_;  // Of its name among metrics::Label::Door.
  Socket socket_;
  bool is_inet_;
  bool reading_ = false;  // A read is open.
  bool closed_ = false;
  std::uint32_t question_ = 0;
  SteadyTime active_;  // When it last sent something, or was accepted.
  SteadyTime asked_;   // When the open question was put.
  std::unique_ptr<Conversation> conversation_;
  std::string unsent_;
  std::list<std::shared_ptr<Connection>>::iterator place_;
  std::array<char, limits::kConnectionWaitBytes> room_;
};

}  // namespace backstop::door
