#include "edge/store/review_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "edge/store/review_schema.h"

namespace backstop::store {
namespace {

using review::Answer;

constexpr std::size_t kNameDigits = 4;
constexpr std::int64_t kDomainsShown = 20;

const std::string kGroupColumns =
    "SELECT g.name,g.address,g.subject,g.message_id,g.answer_form,g.first,g.last,g.count,g.refused,"
    "g.hints,g.recipients,g.kind,g.verdict,g.reasons,g.source,ifnull(a.answer,0),a.at,g.id,g.paths,"
    "ifnull(a.paths,''),ifnull(a.answer,0)=2 AND g.hints&~a.hints<>0 "
    "FROM message_group g LEFT JOIN answer a ON a.name=g.name ";

Instant instant_of(std::int64_t seconds) {
  return Instant{Seconds{seconds}};
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out.emplace_back(text.substr(0, end));
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
  }
  return out;
}

Answer answer_of(std::int64_t number) {
  return number >= 0 && number <= static_cast<std::int64_t>(Answer::Later)
             ? static_cast<Answer>(number)
             : Answer::Open;
}

}  // namespace

Result<ReviewReader> ReviewReader::open(const std::string& directory) {
  // Answers are written too.
  BS_TRY(Database database,
         Database::open(directory + "/" + std::string(kReviewFile), Access::Write));
  BS_TRY_VOID(check_schema(database, kReviewSchema));
  return ReviewReader(std::move(database));
}

Result<std::vector<ReviewGroup>> ReviewReader::read_groups(Statement& statement) {
  std::vector<ReviewGroup> out;
  std::vector<std::int64_t> ids;
  for (;;) {
    BS_TRY(const bool row, statement.step());
    if (!row) break;
    const auto text = [&](int column) { return std::string(statement.text(column)); };
    ReviewGroup& group = out.emplace_back();
    group.name = text(0);
    group.fingerprint = {
        .address = text(1), .subject = text(2), .message_id = text(3), .answer = text(4)};
    group.first = instant_of(statement.number(5));
    group.last = instant_of(statement.number(6));
    group.count = static_cast<std::uint64_t>(statement.number(7));
    group.refused = static_cast<std::uint64_t>(statement.number(8));
    group.hints = static_cast<review::Hints>(statement.number(9));
    group.recipients = split_lines(statement.text(10));
    group.kind = text(11);
    group.verdict = text(12);
    group.reasons = text(13);
    group.source = text(14);
    group.answer = answer_of(statement.number(15));
    if (!statement.is_null(16)) group.answered_at = instant_of(statement.number(16));
    ids.push_back(statement.number(17));
    group.paths = split_lines(statement.text(18));
    group.answered_paths = split_lines(statement.text(19));
    group.is_reopened = statement.number(20) != 0;
    if (group.is_reopened) group.answer = Answer::Open;
  }
  BS_TRY(Statement domains,
         database_.prepare(
             "SELECT domain FROM group_domain WHERE message_group=?1 ORDER BY domain LIMIT ?2"));
  for (std::size_t i = 0; i < out.size(); ++i) {
    domains.bind(1, ids[i]).bind(2, kDomainsShown);
    for (;;) {
      BS_TRY(const bool row, domains.step());
      if (!row) break;
      out[i].domains.emplace_back(domains.text(0));
    }
  }
  return out;
}

Result<std::vector<ReviewGroup>> ReviewReader::list(std::size_t count_max) {
  BS_TRY(Statement read,
         database_.prepare(
             kGroupColumns +
             fmt::format("ORDER BY {}, g.hints=0, g.count DESC, g.name LIMIT ?1", kReviewClosed)));
  read.bind(1, static_cast<std::int64_t>(count_max));
  return read_groups(read);
}

Result<ReviewGroup> ReviewReader::find(std::string_view name) {
  const bool is_name = name.size() >= kNameDigits && std::ranges::all_of(name, [](char c) {
                         return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                       });
  if (!is_name)
    return fail(
        Errc::Invalid, std::string(name),
        "is no name of a group: four hex digits or more, as backstop review list shows them");
  BS_TRY(Statement read,
         database_.prepare(kGroupColumns + "WHERE substr(g.name,1,length(?1))=?1 LIMIT 2"));
  read.bind(1, name);
  BS_TRY(std::vector<ReviewGroup> found, read_groups(read));
  if (found.empty())
    return fail(Errc::NotFound, std::string(name),
                "There is no such group; they are kept for 14 days. See backstop review list.");
  if (found.size() > 1)
    return fail(Errc::Invalid, std::string(name), "Several groups begin so: write more digits.");
  return std::move(found.front());
}

Result<std::vector<ReviewSample>> ReviewReader::samples(const ReviewGroup& group) {
  BS_TRY(
      Statement read,
      database_.prepare("SELECT s.at,s.queue_id,s.recipients,s.decision,s.text FROM sample s JOIN "
                        "message_group g ON g.id=s.message_group WHERE g.name=?1 ORDER BY s.id"));
  read.bind(1, std::string_view(group.name));
  std::vector<ReviewSample> out;
  for (;;) {
    BS_TRY(const bool row, read.step());
    if (!row) return out;
    out.push_back({.at = instant_of(read.number(0)),
                   .queue_id = std::string(read.text(1)),
                   .recipients = split_lines(read.text(2)),
                   .decision = std::string(read.text(3)),
                   .text = std::string(read.text(4))});
  }
}

Result<void> ReviewReader::answer(std::string_view name, Answer answer, Instant now,
                                  review::Hints seen, const std::vector<std::string>& paths) {
  if (answer == Answer::Open) {
    BS_TRY(Statement drop, database_.prepare("DELETE FROM answer WHERE name=?1"));
    drop.bind(1, name);
    return drop.run();
  }
  std::string joined;
  for (const std::string& path : paths)
    joined += (joined.empty() ? "" : "\n") + path;
  BS_TRY(Statement write,
         database_.prepare("INSERT INTO answer(name,answer,at,paths,hints) VALUES(?1,?2,?3,?4,?5) "
                           "ON CONFLICT(name) DO UPDATE SET answer=excluded.answer,at=excluded.at,"
                           "paths=excluded.paths,hints=excluded.hints"));
  write.bind(1, name)
      .bind(2, static_cast<std::int64_t>(answer))
      .bind(3, now.time_since_epoch().count())
      .bind(4, std::string_view(joined))
      .bind(5, static_cast<std::int64_t>(seen));
  return write.run();
}

Result<std::map<std::string, std::uint64_t>> ReviewReader::count_open_hints() {
  BS_TRY(Statement count,
         database_.prepare(fmt::format(
             "SELECT d.domain,count(*) FROM group_domain d JOIN message_group g ON "
             "g.id=d.message_group LEFT JOIN answer a ON a.name=g.name WHERE g.hints<>0 AND "
             "NOT {} GROUP BY d.domain",
             kReviewClosed)));
  std::map<std::string, std::uint64_t> out;
  for (;;) {
    BS_TRY(const bool row, count.step());
    if (!row) return out;
    out.emplace(std::string(count.text(0)), static_cast<std::uint64_t>(count.number(1)));
  }
}

}  // namespace backstop::store
