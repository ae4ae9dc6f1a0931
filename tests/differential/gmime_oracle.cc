#include "tests/differential/gmime_oracle.h"

#include <gmime/gmime.h>

#include <memory>

#include "core/base/ascii.h"

namespace backstop::differential::gmime {
namespace {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
struct Free {
  void operator()(void* memory) const { g_free(memory); }
};
template <class T>
using Object = std::unique_ptr<T, Unref>;
using Text = std::unique_ptr<char, Free>;

std::string text_of(const char* text) {
  return text == nullptr ? std::string() : text;
}

void add_fields(GMimeObject* object, Part& part) {
  GMimeHeaderList* list = g_mime_object_get_header_list(object);
  const int count = g_mime_header_list_get_count(list);
  for (int i = 0; i < count; ++i) {
    GMimeHeader* header = g_mime_header_list_get_header_at(list, i);
    const Text value(
        g_mime_utils_header_unfold(text_of(g_mime_header_get_raw_value(header)).c_str()));
    part.fields.emplace_back(g_mime_header_get_name(header),
                             with_single_blanks(text_of(value.get())));
  }
}

std::string content_of(GMimePart* part) {
  GMimeDataWrapper* content = g_mime_part_get_content(part);
  if (content == nullptr) return {};
  const Object<GMimeStream> memory(g_mime_stream_mem_new());
  g_mime_data_wrapper_write_to_stream(content, memory.get());
  GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory.get()));
  return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

std::string type_of(GMimeObject* object) {
  GMimeContentType* type = g_mime_object_get_content_type(object);
  const Text text(g_mime_content_type_get_mime_type(type));
  return ascii::lower(text_of(text.get()));
}

// `fields_of` is the message when `object` is its body, else the object itself.
void walk_object(GMimeObject* object, GMimeObject* fields_of, std::size_t depth,
                 WalkedMessage& out) {
  const std::size_t at = out.parts.size();
  Part part;
  part.depth = depth;
  part.type = type_of(object);
  add_fields(fields_of, part);
  // GMime keeps the Content- fields of a message with its body.
  if (fields_of != object) add_fields(object, part);
  if (GMIME_IS_PART(object)) part.content = content_of(GMIME_PART(object));
  part.leaf = !GMIME_IS_MULTIPART(object) && !GMIME_IS_MESSAGE_PART(object);
  out.parts.push_back(std::move(part));
  if (GMIME_IS_MULTIPART(object)) {
    GMimeMultipart* multipart = GMIME_MULTIPART(object);
    for (int i = 0; i < g_mime_multipart_get_count(multipart); ++i) {
      GMimeObject* child = g_mime_multipart_get_part(multipart, i);
      walk_object(child, child, depth + 1, out);
    }
  } else if (GMIME_IS_MESSAGE_PART(object)) {
    GMimeMessage* message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    if (message == nullptr || g_mime_message_get_mime_part(message) == nullptr) {
      out.parts[at].leaf = true;
      return;
    }
    walk_object(g_mime_message_get_mime_part(message), GMIME_OBJECT(message), depth + 1, out);
  }
}

void add_list(InternetAddressList* list, std::vector<std::string>& out) {
  if (list == nullptr) return;
  for (int i = 0; i < internet_address_list_length(list); ++i) {
    InternetAddress* address = internet_address_list_get_address(list, i);
    if (INTERNET_ADDRESS_IS_GROUP(address)) {
      add_list(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address)), out);
    } else {
      out.push_back(text_of(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address))));
    }
  }
}

}  // namespace

void start() {
  g_mime_init();
}

std::optional<WalkedMessage> walk(std::string_view bytes) {
  const Object<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
  const Object<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  const Object<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), nullptr));
  if (message == nullptr) return std::nullopt;
  WalkedMessage out;
  GMimeObject* body = g_mime_message_get_mime_part(message.get());
  if (body == nullptr) return std::nullopt;
  walk_object(body, GMIME_OBJECT(message.get()), 0, out);
  return out;
}

std::string decode_text(const std::string& raw) {
  const Text unfolded(g_mime_utils_header_unfold(raw.c_str()));
  const Text text(g_mime_utils_header_decode_text(nullptr, unfolded.get()));
  return text_of(text.get());
}

std::string content_type_parameter(const std::string& raw, const char* name) {
  const Object<GMimeContentType> type(g_mime_content_type_parse(nullptr, raw.c_str()));
  return type == nullptr ? "" : text_of(g_mime_content_type_get_parameter(type.get(), name));
}

std::string disposition_parameter(const std::string& raw, const char* name) {
  const Object<GMimeContentDisposition> value(
      g_mime_content_disposition_parse(nullptr, raw.c_str()));
  return value == nullptr ? ""
                          : text_of(g_mime_content_disposition_get_parameter(value.get(), name));
}

std::vector<std::string> message_ids(const std::string& raw) {
  std::vector<std::string> out;
  GMimeReferences* references = g_mime_references_parse(nullptr, raw.c_str());
  for (int i = 0; i < g_mime_references_length(references); ++i) {
    out.push_back(text_of(g_mime_references_get_message_id(references, i)));
  }
  g_mime_references_free(references);
  return out;
}

std::vector<std::string> addresses(const std::string& raw) {
  std::vector<std::string> out;
  const Object<InternetAddressList> list(internet_address_list_parse(nullptr, raw.c_str()));
  add_list(list.get(), out);
  return out;
}

std::optional<std::int64_t> date(const std::string& raw) {
  GDateTime* date = g_mime_utils_header_decode_date(raw.c_str());
  if (date == nullptr) return std::nullopt;
  const std::int64_t seconds = g_date_time_to_unix(date);
  g_date_time_unref(date);
  return seconds;
}

}  // namespace backstop::differential::gmime
