#include <nlohmann/json.hpp>

#include "app/read_result.h"
#include "core/reading/returned.h"

namespace backstop::app {
namespace {

using Json = nlohmann::ordered_json;

static_assert(reading::kReturnedTokenField == proof::kTokenField);

Json render_recipients(const reading::Reading& reading) {
  Json list = Json::array();
  for (const reading::RecipientReport& recipient : reading.recipients) {
    list.push_back({{"address", recipient.address},
                    {"action", recipient.action},
                    {"status", recipient.status},
                    {"diagnostic", recipient.diagnostic}});
  }
  return list;
}

Json render_returned(const reading::Returned& returned) {
  Json to = Json::array();
  for (const mail::Address& address : returned.to)
    to.push_back(address.text());
  Json dkim = Json::array();
  for (const reading::DkimReference& reference : returned.dkim) {
    // Signatures of returned messages are named, not verified: nobody was asked.
    dkim.push_back({{"domain", reference.domain},
                    {"selector", reference.selector},
                    {"result", proof::name_of(proof::ProofResult::Unavailable)}});
  }
  return {{"form", reading::name_of(returned.form)},
          {"message_id", returned.message_id},
          {"from", returned.from ? Json(returned.from->text()) : Json()},
          {"to", std::move(to)},
          {"date", returned.date ? Json(render_instant(*returned.date)) : Json()},
          {"subject", returned.subject},
          {"received_first_ip",
           returned.received_first_ip ? Json(returned.received_first_ip->text()) : Json()},
          {"dkim", std::move(dkim)}};
}

Json render_proofs(const proof::TokenCheck& token) {
  Json proofs = {{"token", proof::name_of(token.result)}};
  if (token.result == proof::ProofResult::Valid || token.result == proof::ProofResult::Late) {
    proofs["token_issued"] = render_instant(token.issued);
    proofs["token_addressee_matches"] = token.addressee_matches;
  }
  return proofs;
}

}  // namespace

std::string render_read_json(const ReadResult& result) {
  const reading::Reading& reading = result.reading;
  Json reasons = Json::array();
  for (const policy::Reason reason : result.judgement.reasons)
    reasons.push_back(policy::name_of(reason));
  Json line = {{"v", 1}, {"source", result.place.source}};
  if (result.place.offset) line["offset"] = *result.place.offset;
  line["kind"] = reading::name_of(reading.kind);
  line["confidence"] = reading.confidence;
  line["language"] = reading.language;
  line["standard"] = reading.standard;
  line["evidence"] = reading.evidence;
  line["reporting_mta"] = reading.reporting_mta;
  line["recipients"] = render_recipients(reading);
  line["returned"] = render_returned(reading.returned);
  line["references"] = reading.references;
  line["auto_submitted"] = reading.auto_submitted;
  line["defects"] = reading.defects.names();
  line["proofs"] = render_proofs(result.token);
  line["verdict"] = policy::name_of(result.judgement.verdict);
  line["reasons"] = std::move(reasons);
  // Bytes that are no UTF-8 (Message-IDs may hold any) become U+FFFD.
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace backstop::app
