// One thread of a server: its event loop, its connections, its one timer.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "edge/door/door.h"

namespace backstop::door {

class Connection;

using SteadyTime = std::chrono::steady_clock::time_point;
using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol,
                                                boost::asio::io_context::executor_type>;
using Descriptor =
    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

class Loop : public std::enable_shared_from_this<Loop> {
 public:
  explicit Loop(World& world);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  boost::asio::io_context& context() { return context_; }
  World& world() { return world_; }

  // Any thread.
  void start(unsigned number);
  // Takes a connected, non-blocking socket over, counted in World::connections already.
  void adopt(int descriptor, bool is_inet, Door& door);
  // Connections without a message are closed when they stay silent, the rest within
  // Limits::drain.  Then the thread ends.
  void drain();
  void join();
  // Connections given to this loop and not closed yet.
  std::size_t load() const { return load_; }

  // The loop's own thread only, for its connections:

  void add(int descriptor, bool is_inet, Door& door);
  // The connection has closed its socket.
  void forget(std::list<std::shared_ptr<Connection>>::iterator place);
  // Looks at all deadlines no later than this.
  void look_by(SteadyTime deadline);
  bool draining() const { return draining_; }
  // REQUIRES: draining().
  SteadyTime drain_began() const { return drain_began_; }
  // For one read beyond a connection's own room, and for the replies to it.
  std::vector<char>& read_buffer() { return read_buffer_; }
  std::string& write_buffer() { return write_buffer_; }

 private:
  void begin_drain();
  void look();

  World& world_;
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock> timer_;
  SteadyTime look_at_ = SteadyTime::max();
  SteadyTime drain_began_{};
  SteadyTime drained_by_ = SteadyTime::max();
  bool draining_ = false;
  std::atomic<std::size_t> load_{0};
  std::list<std::shared_ptr<Connection>> connections_;
  std::vector<char> read_buffer_;
  std::string write_buffer_;
  std::thread thread_;
};

}  // namespace backstop::door
