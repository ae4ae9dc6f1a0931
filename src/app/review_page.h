// Groups to be reviewed, as a person and as a program reads them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/text_page.h"
#include "edge/store/review_reader.h"

namespace backstop::app {

// A few lines on one group.
void show_group(TextPage& page, const store::ReviewGroup& group);
void show_samples(TextPage& page, const std::vector<store::ReviewSample>& samples);
// A line each, those that wait for an answer first.
void show_list(TextPage& page, const std::vector<store::ReviewGroup>& groups);

// JSON without a newline.
std::string render_group_json(const store::ReviewGroup& group,
                              const std::vector<store::ReviewSample>* samples,
                              const std::vector<std::string>* lessons);

}  // namespace backstop::app
