#include <nlohmann/json.hpp>

#include "app/read_result.h"
#include "core/reading/returned.h"
#include "core/reading/sign_sentences.h"

namespace backstop::app {
namespace {

using Json = nlohmann::ordered_json;

static_assert(reading::kReturnedTokenField == proof::kTokenField);

Json render_or_null(const std::optional<Instant>& instant) {
  return instant ? Json(render_instant(*instant)) : Json();
}

Json render_or_null(const std::optional<IpAddress>& address) {
  return address ? Json(address->text()) : Json();
}

Json render_recipients(const reading::Reading& reading) {
  Json list = Json::array();
  for (const reading::RecipientReport& recipient : reading.recipients) {
    list.push_back({{"address", recipient.address},
                    {"action", recipient.action},
                    {"status", recipient.status},
                    {"diagnostic", recipient.diagnostic},
                    {"original", recipient.original},
                    {"remote_mta", recipient.remote_mta},
                    {"reason", reading::name_of(recipient.reason)},
                    {"last_attempt", render_or_null(recipient.last_attempt)},
                    {"will_retry_until", render_or_null(recipient.will_retry_until)}});
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
  Json hops = Json::array();
  for (const reading::Hop& hop : returned.hops) {
    hops.push_back({{"by", hop.by},
                    {"id", hop.id},
                    {"from_ip", render_or_null(hop.from_ip)},
                    {"date", render_or_null(hop.date)}});
  }
  return {{"form", reading::name_of(returned.form)},
          {"message_id", returned.message_id},
          {"from", returned.from ? Json(returned.from->text()) : Json()},
          {"to", std::move(to)},
          {"date", render_or_null(returned.date)},
          {"subject", returned.subject},
          {"received_first_ip", render_or_null(returned.received_first_ip)},
          {"dkim", std::move(dkim)},
          {"return_path", returned.return_path ? Json(returned.return_path->text()) : Json()},
          {"returned_enough", returned.returned_enough()},
          {"hops", std::move(hops)}};
}

Json render_proofs(const proof::TokenCheck& token, const proof::DkimResult& dkim,
                   proof::ProofResult tag) {
  Json proofs = {{"token", proof::name_of(token.result)}};
  if (token.result == proof::ProofResult::Valid || token.result == proof::ProofResult::Late) {
    proofs["token_issued"] = render_instant(token.issued);
    proofs["token_addressee_matches"] = token.addressee_matches;
  }
  proofs["dkim"] = proof::name_of(dkim.result);
  if (!dkim.key.domain.empty()) {
    proofs["dkim_domain"] = dkim.key.domain;
    proofs["dkim_selector"] = dkim.key.selector;
  }
  if (dkim.signed_at) proofs["dkim_signed"] = render_instant(*dkim.signed_at);
  proofs["tag"] = proof::name_of(tag);
  return proofs;
}

Json render_explanation(const Explanation& explanation) {
  Json signs = Json::array();
  for (const reading::HeaderSign sign : reading::list_signs(explanation.signs))
    signs.push_back(reading::name_of(sign));
  Json words = Json::array();
  for (const reading::PhraseHit& hit : explanation.words.all()) {
    words.push_back({{"id", hit.phrase->id},
                     {"where", reading::name_of(hit.phrase->where)},
                     {"words", hit.phrase->literal},
                     {"kind", reading::name_of(hit.phrase->kind)},
                     {"language", hit.phrase->language},
                     {"product", hit.phrase->product},
                     {"fixed", hit.phrase->fixed}});
  }
  return {{"body_read", explanation.body_read},
          {"signs", std::move(signs)},
          {"words", std::move(words)}};
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
  line["proofs"] = render_proofs(result.token, result.dkim, result.tag);
  line["verdict"] = policy::name_of(result.judgement.verdict);
  line["reasons"] = std::move(reasons);
  line["from"] = reading.from;
  line["subject"] = reading.subject;
  line["date"] = render_or_null(reading.date);
  line["product"] = reading.product;
  line["arrival_date"] = render_or_null(reading.arrival_date);
  line["source_knew"] = reading.source_knew;
  line["source_knew_words"] = reading.source_knew_words;
  if (result.explanation) line["explanation"] = render_explanation(*result.explanation);
  // Bytes that are no UTF-8 (Message-IDs may hold any) become U+FFFD.
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace backstop::app
