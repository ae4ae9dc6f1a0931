#include "edge/store/review_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "edge/store/review_schema.h"

namespace backstop::store {
namespace {

constexpr std::size_t kTextBytes = 300;
constexpr std::size_t kRecipientBytes = 1024;
// Groups dropped in one transaction.
constexpr std::int64_t kDroppedAtOnce = 200;

std::int64_t seconds_of(Instant at) {
  return at.time_since_epoch().count();
}

std::string_view cut(std::string_view text) {
  return text.substr(0, kTextBytes);
}

std::string join_lines(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) {
    if (out.size() + line.size() >= kRecipientBytes) break;
    if (!out.empty()) out.push_back('\n');
    for (const char c : line)
      out.push_back(c == '\n' ? '?' : c);
  }
  return out;
}

std::string rest_name() {
  watch::Fingerprint rest;
  rest.subject = kReviewRest;
  return rest.name();
}

}  // namespace

Result<ReviewFile> ReviewFile::open(const std::string& directory, ReviewLimits review_limits) {
  if (review_limits.bytes_most == 0)
    review_limits = {.bytes_most = kReviewBytesMost, .bytes_kept = kReviewBytesKept};
  BS_TRY(Database database,
         Database::open(directory + "/" + std::string(kReviewFile), Access::Create));
  BS_TRY_VOID(database.use_write_ahead_log());
  // What is lost with a power failure is seen again.
  BS_TRY_VOID(database.run("PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 1000000"));
  BS_TRY_VOID(update_schema(database, kReviewSchema));
  BS_TRY(const std::int64_t page, database.read_number("PRAGMA page_size"));
  BS_TRY_VOID(database.read_number(
      fmt::format("PRAGMA max_page_count = {}", review_limits.bytes_most / page)));
  const auto identity = identify(database.path());
  if (!identity)
    return fail(Errc::NotFound, database.path(), "It was removed while it was opened.");
  ReviewFile file(std::move(database), *identity, review_limits);
  BS_TRY_VOID(file.prepare());
  return file;
}

bool ReviewFile::is_replaced() const {
  const auto now = identify(database_.path());
  return !now || !now->is_same(identity_);
}

Result<void> ReviewFile::prepare() {
  BS_TRY(
      raise_group_,
      database_.prepare(
          "INSERT INTO message_group(name,address,subject,message_id,answer_form,first,last,count,"
          "refused,hints,recipients,kind,verdict,reasons,source,paths) "
          "VALUES(?1,?2,?3,?4,?5,?6,?6,1,?7,?8,?9,?10,?11,?12,?13,?14) ON CONFLICT(name) DO UPDATE "
          "SET "
          "first=min(first,excluded.first),last=max(last,excluded.last),count=count+1,"
          "refused=refused+excluded.refused,hints=hints|excluded.hints,"
          "recipients=excluded.recipients,kind=excluded.kind,verdict=excluded.verdict,"
          "reasons=excluded.reasons,source=excluded.source,"
          "paths=iif(paths='',excluded.paths,paths) RETURNING id"));
  BS_TRY(insert_domain_, database_.prepare("INSERT OR IGNORE INTO group_domain VALUES(?1,?2)"));
  BS_TRY(count_samples_, database_.prepare("SELECT count(*) FROM sample WHERE message_group=?1"));
  BS_TRY(insert_sample_,
         database_.prepare("INSERT INTO sample(message_group,at,queue_id,recipients,decision,text) "
                           "VALUES(?1,?2,?3,?4,?5,?6)"));
  // Both: which, and whether it waits for a word.
  const std::string waits = fmt::format("(g.hints<>0 AND NOT {})", kReviewClosed);
  const std::string from = "FROM message_group g LEFT JOIN answer a ON a.name=g.name WHERE ";
  BS_TRY(too_old_, database_.prepare(
                       fmt::format("SELECT g.id,0 {}g.last<?2 AND NOT {} LIMIT ?1", from, waits)));
  BS_TRY(too_much_,
         database_.prepare(fmt::format("SELECT g.id,{0} AS waits {1}NOT ({0} AND g.name='{2}') "
                                       "ORDER BY waits,g.last LIMIT ?1",
                                       waits, from, rest_name())));
  return {};
}

Result<void> ReviewFile::write_one(const review::Sighting& sighting) {
  const std::string recipients = join_lines(sighting.recipients);
  raise_group_.bind(1, std::string_view(sighting.fingerprint.name()))
      .bind(2, cut(sighting.fingerprint.address))
      .bind(3, cut(sighting.fingerprint.subject))
      .bind(4, cut(sighting.fingerprint.message_id))
      .bind(5, cut(sighting.fingerprint.answer))
      .bind(6, seconds_of(sighting.at))
      .bind(7, static_cast<std::int64_t>(sighting.would_refuse))
      .bind(8, static_cast<std::int64_t>(sighting.hints))
      .bind(9, std::string_view(recipients))
      .bind(10, cut(sighting.kind))
      .bind(11, cut(sighting.verdict))
      .bind(12, cut(sighting.reasons))
      .bind(13, cut(sighting.source))
      .bind(14, std::string_view(join_lines(sighting.paths)));
  BS_TRY([[maybe_unused]] const bool row, raise_group_.step());
  const std::int64_t id = raise_group_.number(0);
  BS_TRY_VOID(raise_group_.run());
  for (const std::string& domain : sighting.domains) {
    insert_domain_.bind(1, id).bind(2, cut(domain));
    BS_TRY_VOID(insert_domain_.run());
  }
  count_samples_.bind(1, id);
  BS_TRY([[maybe_unused]] const bool counted, count_samples_.step());
  const bool is_full = count_samples_.number(0) >= kReviewSamples;
  count_samples_.reset();
  if (is_full) return {};
  insert_sample_.bind(1, id)
      .bind(2, seconds_of(sighting.at))
      .bind(3, cut(sighting.queue_id))
      .bind(4, std::string_view(recipients))
      .bind(5, cut(sighting.decision))
      .bind(6, std::string_view(sighting.sample).substr(0, review::kSampleBytes));
  return insert_sample_.run();
}

Result<void> ReviewFile::write(const std::vector<review::Sighting>& sightings) {
  BS_TRY(Transaction transaction, Transaction::begin(database_));
  for (const review::Sighting& sighting : sightings)
    BS_TRY_VOID(write_one(sighting));
  return transaction.commit();
}

Result<void> ReviewFile::drop_group(std::int64_t id) {
  return database_.run(
      fmt::format("DELETE FROM sample WHERE message_group={0}; DELETE FROM group_domain WHERE "
                  "message_group={0}; DELETE FROM message_group WHERE id={0}",
                  id));
}

// What it was counts on in the group of the rest, which waits for a word again.
Result<void> ReviewFile::put_to_rest(std::int64_t id) {
  BS_TRY_VOID(database_.run(fmt::format(
      "INSERT INTO message_group(name,address,subject,message_id,answer_form,first,last,count,"
      "refused,hints,recipients,kind,verdict,reasons,source,paths) "
      "SELECT '{1}','','{2}','','',first,last,count,refused,hints,'',kind,verdict,reasons,'','' "
      "FROM message_group WHERE id={0} ON CONFLICT(name) DO UPDATE SET "
      "first=min(first,excluded.first),last=max(last,excluded.last),count=count+excluded.count,"
      "refused=refused+excluded.refused,hints=hints|excluded.hints; "
      "INSERT OR IGNORE INTO group_domain SELECT r.id,d.domain FROM message_group r,group_domain d "
      "WHERE r.name='{1}' AND d.message_group={0}; DELETE FROM answer WHERE name='{1}'",
      id, rest_name(), kReviewRest)));
  return drop_group(id);
}

// False when there was nothing to drop.
Result<bool> ReviewFile::drop_some(Statement& chosen) {
  std::vector<std::int64_t> gone;
  std::vector<std::int64_t> waiting;
  for (;;) {
    BS_TRY(const bool row, chosen.step());
    if (!row) break;
    (chosen.number(1) != 0 ? waiting : gone).push_back(chosen.number(0));
  }
  if (gone.empty() && waiting.empty()) return false;
  BS_TRY(Transaction transaction, Transaction::begin(database_));
  for (const std::int64_t id : gone)
    BS_TRY_VOID(drop_group(id));
  // Not while others were there to go.
  if (gone.empty())
    for (const std::int64_t id : waiting)
      BS_TRY_VOID(put_to_rest(id));
  BS_TRY_VOID(transaction.commit());
  return true;
}

Result<bool> ReviewFile::is_too_much() {
  BS_TRY(const std::int64_t groups, database_.read_number("SELECT count(*) FROM message_group"));
  if (groups > kReviewGroups) return true;
  BS_TRY(const std::int64_t size, database_.read_number("PRAGMA page_size"));
  BS_TRY(const std::int64_t pages, database_.read_number("PRAGMA page_count"));
  BS_TRY(const std::int64_t unused, database_.read_number("PRAGMA freelist_count"));
  return (pages - unused) * size > limits_.bytes_kept;
}

Result<void> ReviewFile::drop(Instant now) {
  const std::int64_t end = seconds_of(now) - kReviewDays * 86400;
  for (bool more = true; more;) {
    too_old_.bind(1, kDroppedAtOnce).bind(2, end);
    BS_TRY(more, drop_some(too_old_));
  }
  // What waits for a word is told without what is a stranger's or of a person.
  BS_TRY_VOID(database_.run(fmt::format(
      "DELETE FROM sample WHERE message_group IN (SELECT id FROM message_group WHERE last<{0}); "
      "UPDATE message_group SET recipients='',source='' WHERE last<{0} AND recipients||source<>''",
      end)));
  for (;;) {
    BS_TRY(const bool too_much, is_too_much());
    if (!too_much) break;
    too_much_.bind(1, kDroppedAtOnce);
    BS_TRY(const bool more, drop_some(too_much_));
    if (!more) break;
  }
  return database_.run(fmt::format(
      "DELETE FROM answer WHERE at<{}; DELETE FROM answer WHERE name IN (SELECT name FROM answer "
      "ORDER BY at DESC LIMIT -1 OFFSET {})",
      seconds_of(now) - kReviewAnswerDays * 86400, kReviewAnswers));
}

}  // namespace backstop::store
