// backstop scan: what is in a mailbox, counted and drawn.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <thread>

#include "app/basis.h"
#include "app/command.h"
#include "app/exit_code.h"
#include "app/interrupt.h"
#include "app/scan_csv.h"
#include "app/scan_progress.h"
#include "app/scan_report.h"
#include "app/scan_run.h"
#include "app/terminal.h"
#include "core/base/escape.h"
#include "core/base/limits.h"
#include "edge/os/replaced_file.h"
#include "edge/os/text_file.h"

namespace backstop::app {
namespace {

constexpr std::uint32_t kPrivateFile = 0600;  // Addresses of strangers are in it.

struct Options {
  std::vector<std::string> paths;
  std::string keys_directory;
  Settings settings;
  unsigned threads = 0;
  bool json = false;
  bool no_redact = false;
  std::string csv;
  std::string html;
  std::string truth;
};

// The rows of --csv, to a file or to standard output.  After the first error nothing is written.
class RowWriter {
 public:
  Result<void> open(const std::string& path) {
    if (path == "-") {
      standard_output_ = true;
    } else {
      BS_TRY(os::ReplacedFile file, os::ReplacedFile::create(path, kPrivateFile));
      file_.emplace(std::move(file));
    }
    write(csv_header());
    return {};
  }
  void write(std::string_view rows) {
    if (!written_) return;
    if (standard_output_) {
      if (std::fwrite(rows.data(), 1, rows.size(), stdout) != rows.size()) {
        written_ = fail(Errc::Unavailable, "-", "standard output does not take any more");
      }
    } else if (file_) {
      written_ = file_->write(rows);
    }
  }
  Result<void> finish() {
    if (written_ && file_) return file_->commit();
    return written_;
  }
  bool takes_standard_output() const { return standard_output_; }

 private:
  bool standard_output_ = false;
  std::optional<os::ReplacedFile> file_;
  Result<void> written_;
};

Result<survey::Truth> load_truth(const std::string& path) {
  BS_TRY(const std::string text, os::read_text_file(path, limits::kTruthBytes));
  const auto slash = path.rfind('/');
  return survey::Truth::parse(text, path,
                              slash == std::string::npos
                                  ? std::string_view()
                                  : std::string_view(path).substr(0, slash + 1));
}

unsigned thread_count(unsigned asked) {
  if (asked > 0) return asked;
  return std::clamp(std::thread::hardware_concurrency(), 1U,
                    static_cast<unsigned>(limits::kSurveyThreads));
}

std::optional<Error> find_wrong_use(const Options& options, const std::vector<std::string>& paths) {
  if (paths.empty()) return Error{Errc::Invalid, "scan", "name what is to be read"};
  if (options.json && options.csv == "-") {
    return Error{Errc::Invalid, "scan", "--json and --csv - both want standard output"};
  }
  for (const std::string& path : options.paths) {
    if (path != "-" && access(path.c_str(), F_OK) != 0) {
      return Error{Errc::NotFound, escape_terminal(path), "is not there"};
    }
  }
  return std::nullopt;
}

int exit_code_of(const ScanReport& report) {
  if (!report.result.complete) return kExitTryAgain;
  const bool found =
      report.checked ? report.result.truth.wrong() > 0 : report.result.totals.backscatter() > 0;
  if (found) return kExitFound;
  // Nothing found is only an answer when everything was read.
  return report.result.totals.unreadable > 0 ? kExitTryAgain : kExitGood;
}

// Names of files that could not be read at all, whatever else is printed.
void tell_unreadable(const survey::Totals& totals) {
  std::size_t shown = 0;
  for (const survey::UnreadablePlace& place : totals.unreadable_places) {
    if (shown++ == 20) break;
    fmt::print(stderr, "backstop: {}: {}\n", escape_terminal(place.source),
               escape_terminal(place.what));
  }
}

Result<void> print_report(const ScanReport& report, const Options& options, bool quiet) {
  if (options.json) {
    fmt::print("{}\n", render_scan_json(report));
    tell_unreadable(report.result.totals);
  } else if (!quiet) {
    const Terminal terminal = look_at_terminal(STDOUT_FILENO);
    fmt::print("{}", render_scan_page(report, PageLook{.columns = terminal.columns,
                                                       .colour = terminal.colour,
                                                       .utf8 = terminal.utf8}));
  }
  if (options.html.empty()) return {};
  return os::write_text_file(options.html, render_scan_html(report), kPrivateFile);
}

int run_scan_command(const Options& options) {
  const auto basis = load_basis(options.settings, options.keys_directory);
  if (!basis) return report_error(basis.error(), kExitBadConfig);
  ScanJob job{.paths = options.paths, .threads = thread_count(options.threads)};
  std::optional<survey::Truth> truth;
  if (!options.truth.empty()) {
    auto loaded = load_truth(options.truth);
    if (!loaded) return report_error(loaded.error());
    truth = *std::move(loaded);
    if (job.paths.empty()) job.paths = truth->paths();
  }
  if (const auto wrong = find_wrong_use(options, job.paths)) return report_error(*wrong);

  RowWriter rows;
  if (!options.csv.empty()) {
    if (const auto opened = rows.open(options.csv); !opened) return report_error(opened.error());
    job.on_rows = [&rows](std::string_view text) { rows.write(text); };
  }
  job.wishes = {.basis = &*basis,
                .truth = truth ? &*truth : nullptr,
                .rows = !options.csv.empty(),
                .redaction = options.no_redact ? Redaction::Off : Redaction::On};
  job.stop = &watch_interrupt();

  ScanReport report{
      .paths = job.paths, .judged = basis->ring != nullptr, .checked = truth.has_value()};
  const auto begun = std::chrono::steady_clock::now();
  {
    ProgressLine progress;
    job.on_progress = [&progress](const ScanProgress& now) { progress.show(now); };
    report.result = run_scan(job);
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  if (const auto written = rows.finish(); !written) return report_error(written.error());
  if (const auto printed = print_report(report, options, rows.takes_standard_output()); !printed) {
    return report_error(printed.error());
  }
  if (!report.result.complete) {
    fmt::print(stderr, "backstop: stopped; these are the figures of what was read so far\n");
  }
  return exit_code_of(report);
}

}  // namespace

void add_scan_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command = app.add_subcommand(
      "scan", "Count what is in mailboxes: backscatter by kind, day, source and forged address");
  const auto options = std::make_shared<Options>();
  command
      ->add_option("paths", options->paths,
                   "Mailboxes: an mbox, a Maildir, a folder of these or of messages, any of them "
                   "packed or in an archive, or - for standard input")
      ->type_name("PATH");
  command->add_flag("--json", options->json, "One JSON object");
  command->add_option("--csv", options->csv, "Write one row a message; - is standard output")
      ->type_name("FILE");
  command->add_option("--html", options->html, "Write a page with pictures")->type_name("FILE");
  command
      ->add_option("--truth", options->truth,
                   "A table of path and kind, with tabs: say how many are told right, and which "
                   "are not; without PATH, what it names is read")
      ->type_name("FILE");
  command->add_flag("--no-redact", options->no_redact,
                    "Show sender and subject of people's automatic answers too");
  command->add_option("--threads", options->threads, "Instead of one for each core")
      ->type_name("N")
      ->check(CLI::Range(1U, static_cast<unsigned>(limits::kSurveyThreads)));
  command
      ->add_option("--keys", options->keys_directory,
                   "The key ring to verify tokens with, instead of the configuration's")
      ->type_name("DIR");
  declare_settings(*command, options->settings);
  command->footer(
      render_examples({"backstop scan ~/Maildir",
                       "backstop scan --html report.html --csv messages.csv inbox.mbox.gz",
                       "zcat old.mbox.gz | backstop scan --json -",
                       "backstop scan --truth labels.tsv"}) +
      "\nExit codes: 0 no backscatter, 1 backscatter (with --truth: something told wrong),\n"
      "2 wrong use, 75 stopped before the end, or something could not be read.\n");
  command->callback(
      [options, &chosen] { chosen.run = [options] { return run_scan_command(*options); }; });
}

}  // namespace backstop::app
