// The metrics as a file, for the textfile collector of node_exporter.
#pragma once

#include <string>
#include <string_view>

#include "ports/log_sink.h"

namespace backstop::app {

// One thread.
class MetricsFile {
 public:
  // Writes nothing yet.  `log` outlives this.
  MetricsFile(std::string path, ports::LogSink& log);

  // Puts the text in place of the file, whole, for everybody to read.  What goes wrong is told
  // once, and its end.
  void write(std::string_view text);
  // Away with it: what stands in it is true no more.
  void remove();

 private:
  std::string path_;
  ports::LogSink& log_;
  std::string trouble_;  // Told and not over.
};

}  // namespace backstop::app
