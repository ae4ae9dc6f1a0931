// What the mail server's logs say about one message, rotated and compressed files included.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/time.h"
#include "edge/logs/log_line.h"

namespace backstop::logs {

// What became of one recipient, at one attempt; fields as in LogLine, owned.
struct Delivery {
  Instant at{};
  std::string queue_id;
  std::string recipient;
  std::string relay;
  std::string dsn;
  std::string status;
  std::string text;
};

// One message as the logs tell it.
struct LoggedMessage {
  std::string queue_id;
  std::string message_id;
  std::optional<std::string> sender;  // "" is the null sender; nothing: no line says it.
  std::string client;
  std::string login;
  std::optional<Instant> accepted;   // The first line of it.
  std::optional<Instant> done;       // Out of the queue.
  std::vector<Delivery> deliveries;  // In the order of time; at most limits::kLogDeliveries.
  std::vector<Delivery> refusals;    // Likewise, by us, a filter or a rule.
  std::vector<std::string> notices;  // Queue ids of bounces and delay notices made of it.
  bool cut = false;                  // There was more.
};

// One file that was looked at.
struct LookedAt {
  std::string path;
  std::optional<Instant> oldest;  // Of the first line with a time.
  std::optional<Instant> newest;  // Of the last.
  std::size_t bytes = 0;          // After decompression.
  std::string trouble;            // Why it could not be read, or not to its end.
};

struct LogQuery {
  std::vector<std::string> queue_ids;
  std::vector<std::string> message_ids;  // Without brackets.
  // Lines before this are not wanted; files that end before it are not read.
  std::optional<Instant> since;
};

struct LogAnswer {
  std::vector<LoggedMessage> messages;  // By time; at most limits::kLogMessages.
  std::vector<LookedAt> files;          // Newest first.
  bool cut = false;                     // limits::kLogSearchBytes or kLogMessages was reached.
};

// A log and its rotated files, newest first: "mail.log", "mail.log.1", "mail.log.2.gz",
// "maillog-20261115".  Files that are not there are left out; empty when none is.
std::vector<std::string> find_log_files(const std::string& path);

// The logs of this host's mail servers where they stand by default: those that can be found.
std::vector<std::string> default_logs();

// Reads the logs, newest files first, until what is asked for is known from its beginning.
// Files may be compressed by gzip.  `bytes_max`: of all together.
LogAnswer search_logs(const std::vector<std::string>& logs, const LogQuery& query, Instant now,
                      LogZone zone = LogZone::Local,
                      std::size_t bytes_max = limits::kLogSearchBytes);

// The addresses of LogLine::recipient, which is a list of several in brackets with Sendmail.
std::vector<std::string> split_recipients(std::string_view recipient);

}  // namespace backstop::logs
