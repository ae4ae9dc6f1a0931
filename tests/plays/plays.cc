#include "plays/plays.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace backstop::play {

std::vector<std::string> list_plays() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator("tests/plays")) {
    if (entry.path().extension() == ".play") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Play load_play(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  auto play = parse_play(text.str(), path);
  EXPECT_TRUE(play) << play.error().text();
  return play ? *std::move(play) : Play{};
}

std::string title_of(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

}  // namespace backstop::play
