// The ways in which a tool shows what it found: rows as they come, and tables, histograms and stacks at each report.
#pragma once

#include <memory>
#include <vector>

#include "frame/choices.h"
#include "frame/tool.h"
#include "frame/value_type.h"
#include "sonde/session.h"

namespace sonde::frame {

// What the shapes of one running tool share.
struct Stage {
  Session& session;
  const Tool& tool;
  const Choices& choices;
  bool by_perf_buffer;  // rows come by perf buffers: there are no ring buffers
  Surroundings surroundings;

  const spec::Spec& spec() const { return session.spec(); }
};

struct Moment {
  double seconds = 0;  // since the report before
  bool last = false;
};

class Shape {
 public:
  virtual ~Shape() = default;
  virtual Status open() { return {}; }       // before the programs are attached
  virtual void begin() {}                    // when they are: headers
  // While nothing else is to do, for a few milliseconds: what a report would need. Whether there is more of it.
  virtual bool work_ahead() { return false; }
  virtual Status report(const Moment&) { return {}; }
  virtual Status end() { return {}; }        // after the last report: files
};

std::unique_ptr<Shape> make_rows(Stage& stage, const Rows& rows);
std::unique_ptr<Shape> make_table(Stage& stage, const Table& table);
std::unique_ptr<Shape> make_histogram(Stage& stage, const Histogram& histogram);
std::unique_ptr<Shape> make_stacks(Stage& stage, const Table& table);

// One record on a line of standard output.
void put_line(const std::string& line);
void put_header(const std::string& line);  // bold on a terminal, unless $NO_COLOR is set
void put_json(const nlohmann::ordered_json& record);
// Data as it is, but on a terminal, where control characters are escaped as in text.
void put_csv(const std::string& line);

}  // namespace sonde::frame
