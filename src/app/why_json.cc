#include <nlohmann/json.hpp>

#include "app/json_instant.h"
#include "app/why_answer.h"
#include "app/why_sentences.h"
#include "core/policy/reason.h"

namespace backstop::app {
namespace {

using Json = nlohmann::json;

Json render_reasons(std::string_view names) {
  Json out = Json::array();
  while (!names.empty()) {
    const std::size_t end = names.find(',');
    const std::string_view name = names.substr(0, end);
    names = end == names.npos ? std::string_view() : names.substr(end + 1);
    Json one = {{"reason", name}};
    if (const auto reason = policy::parse_reason(name)) {
      one["meaning"] = policy::sentence_of(*reason);
      one["advice"] = policy::advice_of(*reason);
    }
    out.push_back(std::move(one));
  }
  return out;
}

// What was known for each recipient that was judged alike.
Json render_facts(std::string_view all) {
  Json out = Json::array();
  while (!all.empty()) {
    const std::size_t end = all.find('|');
    const std::string_view one = all.substr(0, end);
    all = end == all.npos ? std::string_view() : all.substr(end + 1);
    const auto facts = policy::parse_facts(one);
    out.push_back({{"facts", one}, {"known", facts ? Json(say_facts(*facts)) : Json()}});
  }
  return out;
}

Json render_recomputed(const transaction::HistoryRow& row) {
  const auto today = transaction::recompute(row);
  if (!today) return {};
  return {{"verdict", policy::name_of(today->verdict)},
          {"decision", policy::name_of(today->decision)},
          {"enforced", policy::name_of(today->enforced)},
          {"same", policy::name_of(today->verdict) == row.verdict &&
                       policy::name_of(today->decision) == row.decision}};
}

Json render_row(const transaction::HistoryRow& row) {
  Json out = {{"at", render_instant(row.at)},
              {"queue_id", row.queue_id},
              {"direction", transaction::name_of(row.direction)},
              {"from", row.sender},
              {"to", row.recipients},
              {"recipients", row.recipient_count},
              {"client", row.client}};
  if (row.direction == transaction::Direction::Outgoing) out["signed"] = row.is_signed;
  if (row.verdict.empty()) return out;
  out["kind"] = row.kind;
  out["verdict"] = row.verdict;
  out["decision"] = row.decision;
  out["enforced"] = row.enforced;
  out["reasons"] = render_reasons(row.reasons);
  out["known"] = render_facts(row.facts);
  out["recomputed"] = render_recomputed(row);
  return out;
}

Json render_deliveries(const std::vector<logs::Delivery>& deliveries) {
  Json out = Json::array();
  for (const logs::Delivery& one : deliveries) {
    out.push_back({{"at", render_instant(one.at)},
                   {"recipient", one.recipient},
                   {"relay", one.relay},
                   {"dsn", one.dsn},
                   {"status", one.status},
                   {"text", one.text}});
  }
  return out;
}

Json render_logged(const logs::LoggedMessage& message) {
  return {{"queue_id", message.queue_id},
          {"message_id", message.message_id},
          {"from", message.sender ? Json(*message.sender) : Json()},
          {"client", message.client},
          {"login", message.login},
          {"accepted", json_of(message.accepted)},
          {"done", json_of(message.done)},
          {"deliveries", render_deliveries(message.deliveries)},
          {"refusals", render_deliveries(message.refusals)},
          {"notices", message.notices},
          {"cut", message.cut}};
}

template <class Values, class Render>
Json render_all(const Values& values, Render render) {
  Json out = Json::array();
  for (const auto& value : values)
    out.push_back(render(value));
  return out;
}

}  // namespace

std::string render_why_json(const WhyAnswer& answer) {
  const Json out = {{"v", 1},
                    {"asked", answer.asked},
                    {"found", answer.found()},
                    {"messages", render_all(answer.rows, render_row)},
                    {"more", answer.rows_cut},
                    {"answers", render_all(answer.answers, render_row)},
                    {"recorded", answer.recorded ? Json(*answer.recorded) : Json()},
                    {"log", render_all(answer.logged, render_logged)},
                    {"history_from", json_of(answer.history_from)},
                    {"looked_in", render_all(answer.files,
                                             [](const logs::LookedAt& file) {
                                               return Json{{"path", file.path},
                                                           {"from", json_of(file.oldest)},
                                                           {"to", json_of(file.newest)},
                                                           {"trouble", file.trouble}};
                                             })},
                    {"log_cut", answer.logs_cut},
                    {"notes", answer.notes}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace backstop::app
