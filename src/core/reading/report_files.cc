#include "core/reading/report_files.h"

namespace backstop::reading {
namespace {

// Types of a file that carries aggregate data (RFC 9990), as reporters write them.
bool is_aggregate_type(const mail::PartHead& head) {
  if (head.type == "text") return head.subtype == "xml";
  if (head.type != "application") return false;
  return head.subtype == "gzip" || head.subtype == "x-gzip" || head.subtype == "zip" ||
         head.subtype == "x-zip-compressed" || head.subtype == "xml" ||
         head.subtype == "octet-stream";
}

}  // namespace

void note_file(const mail::PartHead& head, bool named, ReportParts& parts) {
  if (head.type == "application" &&
      (head.subtype == "tlsrpt+gzip" || head.subtype == "tlsrpt+json")) {
    parts.tls_report = true;
  }
  if (is_aggregate_type(head) && (named || is_aggregate_file_name(head.parameter("name")))) {
    parts.aggregate_file = true;
  }
  if (is_aggregate_type(head)) parts.compressed_file = true;
}

}  // namespace backstop::reading
