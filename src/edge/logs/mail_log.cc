#include "edge/logs/mail_log.h"

#include <string.h>  // memmem

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <set>

#include "core/base/ascii.h"
#include "edge/logs/line_text.h"
#include "edge/logs/log_file.h"

namespace backstop::logs {
namespace {

namespace fs = std::filesystem;

bool contains(std::string_view text, std::string_view part) {
  return memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

// What was rotated away of `name`: its number or date; nothing for any other file.
std::optional<long> rotation_of(std::string_view file, std::string_view name) {
  if (!file.starts_with(name)) return std::nullopt;
  std::string_view rest = file.substr(name.size());
  if (rest.ends_with(".gz")) rest.remove_suffix(3);
  if (rest.size() < 2 || rest.size() > 10 || (rest[0] != '.' && rest[0] != '-')) {
    return std::nullopt;
  }
  long number = 0;
  for (const char c : rest.substr(1)) {
    if (!ascii::is_digit(c)) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  // A higher number is older, a higher date is newer.
  return rest[0] == '.' && rest.size() < 8 ? number : -number;
}

class Search {
 public:
  Search(const LogQuery& query, Instant now, LogZone zone, std::size_t bytes_max)
      : query_(query), parser_(now, zone), bytes_left_(bytes_max) {
    for (const std::string& id : query.queue_ids)
      add_wanted(id, wanted_);
  }

  LogAnswer run(const std::vector<std::string>& logs) {
    // Each log is its own server's; what one says completely need not be in another.
    for (const std::string& log : logs)
      search(find_log_files(log));
    for (auto& [id, message] : found_) {
      const auto by_time = [](const Delivery& a, const Delivery& b) { return a.at < b.at; };
      std::stable_sort(message.deliveries.begin(), message.deliveries.end(), by_time);
      answer_.messages.push_back(std::move(message));
    }
    std::sort(
        answer_.messages.begin(), answer_.messages.end(),
        [](const LoggedMessage& a, const LoggedMessage& b) { return a.accepted < b.accepted; });
    if (bytes_left_ == 0) answer_.cut = true;
    return std::move(answer_);
  }

 private:
  using Ids = std::set<std::string>;

  void search(const std::vector<std::string>& files) {
    for (std::size_t i = 0; i < files.size() && bytes_left_ > 0; ++i) {
      LookedAt seen;
      seen.path = files[i];
      const Ids named = find_ids(files[i], seen);
      wanted_.insert(named.begin(), named.end());
      read(files[i], seen, [&](std::string_view line) { look_for(wanted_, line); });
      // What was named here goes on in the newer files, which were read without knowing of it.
      for (std::size_t newer = 0; newer < i && !named.empty(); ++newer) {
        LookedAt again;
        read(files[newer], again, [&](std::string_view line) { look_for(named, line); });
      }
      answer_.files.push_back(std::move(seen));
      if (is_complete() || is_older_than_asked(answer_.files.back())) return;
    }
  }

  void add_wanted(const std::string& id, Ids& ids) {
    if (id.empty() || wanted_.contains(id)) return;
    if (wanted_.size() + ids.size() >= limits::kLogMessages) {
      answer_.cut = true;
      return;
    }
    ids.insert(id);
  }

  // Every message that is asked for is known from its first line on.
  bool is_complete() const {
    if (found_.empty() || found_.size() < wanted_.size()) return false;
    return std::all_of(found_.begin(), found_.end(),
                       [](const auto& entry) { return entry.second.sender.has_value(); });
  }
  bool is_older_than_asked(const LookedAt& file) const {
    return query_.since && file.oldest && *file.oldest < *query_.since;
  }

  template <class OnLine>
  void read(const std::string& path, LookedAt& seen, OnLine on_line) {
    LogFile file(path);
    std::string_view line;
    std::size_t counted = 0;
    std::string last_start;
    while (bytes_left_ > 0 && file.next(line)) {
      bytes_left_ -= std::min(bytes_left_, file.bytes() - counted);
      counted = file.bytes();
      if (line.empty()) continue;
      if (!seen.oldest) seen.oldest = parser_.parse_time(line);
      last_start.assign(line.substr(0, kStampBytes));
      on_line(line);
    }
    seen.newest = parser_.parse_time(last_start);
    seen.bytes = file.bytes();
    seen.trouble = file.trouble();
    if (bytes_left_ == 0 && seen.trouble.empty()) seen.trouble = "too much to be read to its end";
  }

  bool is_wanted_time(Instant at) const { return !query_.since || at >= *query_.since; }

  // Queue ids, not wanted yet, of the messages that have one of the Message-IDs.
  Ids find_ids(const std::string& path, LookedAt& seen) {
    Ids out;
    if (query_.message_ids.empty()) return out;
    read(path, seen, [&](std::string_view text) {
      for (const std::string& id : query_.message_ids) {
        if (!contains(text, id)) continue;
        const auto line = parser_.parse(text);
        if (line && line->message_id == id && is_wanted_time(line->at)) {
          add_wanted(std::string(line->queue_id), out);
        }
      }
    });
    return out;
  }

  void look_for(const Ids& ids, std::string_view text) {
    for (const std::string& id : ids) {
      if (!contains(text, id)) continue;
      const auto line = parser_.parse(text);
      if (!line || !is_wanted_time(line->at)) return;
      if (line->queue_id == id) add_line(*line);
      if (line->parent == id) add_notice(found_[id], id, std::string(line->queue_id));
    }
  }

  static void add_notice(LoggedMessage& message, const std::string& id, std::string notice) {
    message.queue_id = id;
    const bool known =
        std::find(message.notices.begin(), message.notices.end(), notice) != message.notices.end();
    if (!known && message.notices.size() < limits::kLogMessages) {
      message.notices.push_back(std::move(notice));
    }
  }

  static void add_deliveries(const LogLine& line, std::vector<Delivery>& out, bool& cut) {
    std::vector<std::string> recipients = split_recipients(line.recipient);
    if (recipients.empty()) recipients.emplace_back();
    for (std::string& recipient : recipients) {
      if (out.size() == limits::kLogDeliveries) {
        cut = true;
        return;
      }
      out.push_back({.at = line.at,
                     .queue_id = std::string(line.queue_id),
                     .recipient = std::move(recipient),
                     .relay = std::string(line.relay.empty() ? line.client : line.relay),
                     .dsn = std::string(line.dsn),
                     .status = std::string(line.status),
                     .text = std::string(line.text)});
    }
  }

  void add_line(const LogLine& line) {
    LoggedMessage& message = found_[std::string(line.queue_id)];
    message.queue_id = line.queue_id;
    if (!message.accepted || line.at < *message.accepted) message.accepted = line.at;
    const auto keep = [](std::string& where, std::string_view value) {
      if (where.empty()) where = value;
    };
    keep(message.message_id, line.message_id);
    keep(message.login, line.login);
    if (line.has_sender && !message.sender) message.sender = std::string(line.sender);
    if (line.event == LogEvent::Delivery) {
      add_deliveries(line, message.deliveries, message.cut);
      return;
    }
    keep(message.client, line.client);
    if (line.event == LogEvent::Refused) add_deliveries(line, message.refusals, message.cut);
    if (line.event == LogEvent::Done) message.done = line.at;
    if (line.event == LogEvent::Notice && !line.notice_id.empty()) {
      add_notice(message, message.queue_id, std::string(line.notice_id));
    }
  }

  // A time stamp and some.
  static constexpr std::size_t kStampBytes = 64;

  const LogQuery& query_;
  LineParser parser_;
  std::size_t bytes_left_;
  Ids wanted_;
  std::map<std::string, LoggedMessage> found_;
  LogAnswer answer_;
};

}  // namespace

std::vector<std::string> find_log_files(const std::string& path) {
  const fs::path log(path);
  std::error_code error;
  std::vector<std::pair<long, std::string>> rotated;
  const std::string name = log.filename().string();
  const fs::path folder = log.has_parent_path() ? log.parent_path() : fs::path(".");
  for (auto entry = fs::directory_iterator(folder, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const auto number = rotation_of(entry->path().filename().string(), name);
    if (number) rotated.emplace_back(*number, entry->path().string());
  }
  std::sort(rotated.begin(), rotated.end());
  if (rotated.size() > limits::kLogFiles) rotated.resize(limits::kLogFiles);
  std::vector<std::string> out;
  if (fs::exists(log, error)) out.push_back(path);
  for (auto& [number, file] : rotated)
    out.push_back(std::move(file));
  return out;
}

std::vector<std::string> default_logs() {
  static constexpr std::array<const char*, 3> kPlaces{"/var/log/mail.log", "/var/log/maillog",
                                                      "/var/log/exim4/mainlog"};
  std::vector<std::string> out;
  for (const char* place : kPlaces) {
    if (!find_log_files(place).empty()) out.emplace_back(place);
  }
  return out;
}

LogAnswer search_logs(const std::vector<std::string>& logs, const LogQuery& query, Instant now,
                      LogZone zone, std::size_t bytes_max) {
  return Search(query, now, zone, bytes_max).run(logs);
}

std::vector<std::string> split_recipients(std::string_view recipient) {
  std::vector<std::string> out;
  if (!recipient.starts_with('<')) {
    if (!recipient.empty()) out.emplace_back(recipient);
    return out;
  }
  while (const auto path = take_path(recipient)) {
    out.emplace_back(*path);
    if (!take_prefix(recipient, ",")) break;
  }
  return out;
}

}  // namespace backstop::logs
