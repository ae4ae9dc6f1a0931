// The fields of receipts and complaints: bounded whatever they are, and resumable.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/reading/notice_fields.h"
#include "core/reading/request_marks.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace backstop;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  reading::NoticeFields whole;
  whole.feed(bytes);
  whole.finish();
  reading::NoticeFields single;
  for (const char& c : bytes)
    single.feed({&c, 1});
  single.finish();
  BS_ASSERT(whole.recipients().size() <= limits::kReportRecipients);
  BS_ASSERT(whole.recipients().size() == single.recipients().size());
  BS_ASSERT(whole.original_message_id() == single.original_message_id());
  BS_ASSERT(whole.reporting_mta() == single.reporting_mta());

  // A field's value in any form gives up without a word.
  const std::string_view name = bytes.substr(0, bytes.find(':'));
  if (reading::is_scanner_origin(name, bytes)) BS_ASSERT(!name.empty());
  const reading::AddressMarks marks = reading::find_address_marks(bytes);
  if (marks.confirms != reading::ConfirmForm::None || marks.filter || marks.challenge ||
      marks.report) {
    BS_ASSERT(bytes.find('@') != std::string_view::npos);
  }
  const auto subject = reading::confirm_subject_form(bytes);
  if (subject != reading::ConfirmForm::None) BS_ASSERT(bytes.size() > 8);
  return 0;
}
