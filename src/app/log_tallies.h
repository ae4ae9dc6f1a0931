// Bounded counts of what our own server and accounts send to strangers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "app/log_report.h"
#include "core/watch/sketch.h"

namespace backstop::app {

// When it is full the rarest half is forgotten.
class EmittedTally {
 public:
  void add(std::string_view to, std::string_view cause, std::string_view message);
  std::uint64_t total() const { return total_; }
  std::vector<Emitted> list() const;  // The most frequent first.

 private:
  std::unordered_map<std::string, Emitted> entries_;
  std::uint64_t total_ = 0;
};

class OutscatterTally {
 public:
  // `sender`: the hash of an envelope sender.
  void add_sender(std::string_view who, std::uint64_t sender);
  void add_recipient(std::string_view who, bool is_invalid);
  // Of those alone that use many senders, or write to many who do not exist.
  std::vector<Outscatter> list() const;

 private:
  struct Account {
    std::vector<std::uint64_t> senders;  // Up to limits::kLogReadAccountSenders.
    watch::Sketch sketch;
    std::uint64_t recipients = 0;
    std::uint64_t invalid = 0;
    std::uint64_t distinct() const;
  };
  Account& account(std::string_view who);
  std::unordered_map<std::string, Account> accounts_;
};

}  // namespace backstop::app
