// Any bytes as an SPF record, and as every record that a survey finds: it ends within its look-ups.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/assert.h"
#include "core/base/coverage_limits.h"
#include "core/coverage/path.h"
#include "core/coverage/spf_record.h"
#include "core/coverage/spf_survey.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop;
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string text = "v=spf1 " + std::string(reinterpret_cast<const char*>(data), size);
  const coverage::SpfRecord record = coverage::parse_spf_record(text);
  BS_ASSERT(record.terms.size() <= limits::kSpfTerms);
  std::size_t asked = 0;
  const coverage::DnsSource source = {
      .texts =
          [&](const std::string&) {
            ++asked;
            return Result<std::vector<std::string>>(std::vector{text});
          },
      .addresses = [](const std::string&) -> Result<std::vector<IpAddress>> {
        return std::vector{*IpAddress::parse("192.0.2.1"), *IpAddress::parse("2001:db8::1")};
      },
      .exchangers = [](const std::string& name) -> Result<std::vector<std::string>> {
        return std::vector{name};
      }};
  const auto findings = coverage::survey_spf("shop.test", source, {});
  BS_ASSERT(findings.has_value());
  BS_ASSERT(asked <= limits::kSpfLookups + 2);
  for (const coverage::SpfPlace& place : findings->places) {
    BS_ASSERT(place.networks.size() <= limits::kSpfNetworks);
    BS_ASSERT(coverage::parse_path_name("spf:" + place.text).has_value());
  }
  return 0;
}
