// What becomes of records: text, JSON, CSV, … A sink is one file in sinks/: NAME.cc defines `const SinkKind&
// NAME_sink()`, and a generated list finds it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tool/outputs/output.h"
#include "tool/outputs/record.h"

namespace sonde::tool {

// Called in this order: begin() by each view when the programs are attached, then records with headings between them,
// lost() and end().
class Sink {
 public:
  virtual ~Sink() = default;
  // `names`: of the cells of Record::rows().
  virtual void begin(const Cells& names) { (void)names; }
  virtual void put(const Record& record) = 0;
  // `count` of `what` ("events were lost") are in no record.
  virtual void lost(std::string_view what, uint64_t count) { (void)what, (void)count; }
  // Around the records of each report; none of them holds any longer when the next report begins. Rows come between
  // reports.
  virtual void begin_report() {}
  virtual void end_report() {}
  virtual Status end() { return {}; }
  // Nothing that is put from now on arrives.
  virtual bool failed() const { return false; }
  // Others fetch what was put, and may do so after the last record.
  virtual bool serves() const { return false; }

  // For people alone: a report starts on an empty screen, names of columns, lines between records.
  virtual void clear_screen() {}
  virtual void header(const std::string& line) { (void)line; }
  virtual void line(const std::string& line) { (void)line; }
};

struct SinkContext {
  const std::string& tool;     // its name
  const std::string& summary;  // what it does, one sentence
  Output& output;
  bool for_people = true;  // text with headers and headings; false: its records alone
};

struct SinkKind {
  const char* name;  // of its option
  const char* help;
  const char* value_word = nullptr;  // of the option's value; nullptr: the option is a flag
  enum class Place {
    kDefault,  // where no other one writes to standard output; it has no option
    kOutput,   // to standard output: one at a time
    kBeside,   // elsewhere, and standard output is as without it
    kInstead,  // elsewhere, and standard output stays empty unless another one is asked for
  };
  Place place;
  Result<std::unique_ptr<Sink>> (*make)(const SinkContext& context, const std::string& value);
  // Seconds between reports where the user does not say; 0: as the tool has it.
  unsigned interval = 0;
};

std::span<const SinkKind* const> sink_kinds();

// Several sinks as one.
class Sinks : public Sink {
 public:
  void add(std::unique_ptr<Sink> sink) { sinks_.push_back(std::move(sink)); }
  bool empty() const { return sinks_.empty(); }

  void begin(const Cells& names) override;
  void put(const Record& record) override;
  void lost(std::string_view what, uint64_t count) override;
  void begin_report() override;
  void end_report() override;
  Status end() override;  // of all; the first error
  bool failed() const override;
  bool serves() const override;
  void clear_screen() override;
  void header(const std::string& line) override;
  void line(const std::string& line) override;

 private:
  std::vector<std::unique_ptr<Sink>> sinks_;
};

}  // namespace sonde::tool
