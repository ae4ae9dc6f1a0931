#include "core/reading/report_files.h"

namespace backstop::reading {
namespace {

// Types of a file that carries aggregate data (RFC 9990), as reporters write them.
bool is_aggregate_type(std::string_view type, std::string_view subtype) {
  if (type == "text") return subtype == "xml";
  if (type != "application") return false;
  return subtype == "gzip" || subtype == "x-gzip" || subtype == "zip" ||
         subtype == "x-zip-compressed" || subtype == "xml" || subtype == "octet-stream";
}

}  // namespace

void note_file(const mail::PartHead& head, bool named, ReportParts& parts) {
  const std::string_view type = head.type;
  const std::string_view subtype = head.subtype;
  if (type == "application" && (subtype == "tlsrpt+gzip" || subtype == "tlsrpt+json")) {
    parts.tls_report = true;
  }
  if (!is_aggregate_type(type, subtype)) return;
  if (named || is_aggregate_file_name(head.parameter("name"))) parts.aggregate_file = true;
  parts.compressed_file = true;
}

}  // namespace backstop::reading
