#include "record_line.hpp"

#include <cstdint>
#include <stdexcept>
#include <utility>

#include "format/json_object.hpp"
#include "format/python_text.hpp"
#include "record/level_names.hpp"
#include "record/value.hpp"

namespace xylem::tools {
namespace {

using format::JsonField;
using record::Value;

[[noreturn]] void refuse(const JsonField& field, const char* wanted) {
  throw std::invalid_argument{"'" + field.key + "' is not " + wanted + ": " + field.value};
}

/// The readers of one type of attribute each: what JSON has to what Record has.
void read(const JsonField& field, std::string& into) {
  std::string scratch;
  // As str(): `"msg": 5` is the message "5".
  into = format::python_str(format::value_of_json(field.value, scratch));
}

template <typename Integer>
void read_integer(const JsonField& field, Integer& into) {
  std::string scratch;
  const Value value = format::value_of_json(field.value, scratch);
  const bool is_signed = value.type == Value::Type::int64 && std::in_range<Integer>(value.int64);
  const bool is_big = value.type == Value::Type::uint64 && std::in_range<Integer>(value.uint64);
  if (!is_signed && !is_big) refuse(field, "an integer in range");
  into = is_signed ? static_cast<Integer>(value.int64) : static_cast<Integer>(value.uint64);
}
void read(const JsonField& field, int& into) {
  read_integer(field, into);
}
void read(const JsonField& field, long long& into) {
  read_integer(field, into);
}
void read(const JsonField& field, unsigned long long& into) {
  read_integer(field, into);
}

void read(const JsonField& field, double& into) {
  std::string scratch;
  const Value value = format::value_of_json(field.value, scratch);
  if (value.type == Value::Type::float64) {
    into = value.float64;
  } else if (value.type == Value::Type::int64) {
    into = static_cast<double>(value.int64);
  } else {
    refuse(field, "a number");
  }
}

/// null leaves an attribute that cannot be None unset.
template <typename T>
void read(const JsonField& field, std::optional<T>& into) {
  if (field.value == "null") {
    into.reset();
  } else {
    read(field, into.emplace());
  }
}
template <typename T>
void read(const JsonField& field, Record::OrNone<T>& into) {
  read(field, into.emplace());
}

/// Unlike other texts no str() of anything: the name decides where the record goes.
void read_name(const JsonField& field, std::string& into) {
  if (field.value == "null") return;
  if (!field.value.starts_with('"')) refuse(field, "a string");
  read(field, into);
}

/// Sets the attribute that the key names; false when it names none.
bool read_attribute(const JsonField& field, Record& record) {
  const auto is = [&key = field.key](std::string_view name) { return key == name; };
  if (is("name")) return read_name(field, record.name), true;
  if (is("levelno")) return read(field, record.levelno), true;
  if (is("levelname")) return read(field, record.levelname), true;
  if (is("msg")) return read(field, record.message), true;
  if (is("created")) return read(field, record.created), true;
  if (is("msecs")) return read(field, record.msecs), true;
  if (is("relativeCreated")) return read(field, record.relative_created), true;
  if (is("module")) return read(field, record.module), true;
  if (is("filename")) return read(field, record.filename), true;
  if (is("pathname")) return read(field, record.pathname), true;
  if (is("funcName")) return read(field, record.func_name), true;
  if (is("lineno")) return read(field, record.lineno), true;
  if (is("thread")) return read(field, record.thread), true;
  if (is("threadName")) return read(field, record.thread_name), true;
  if (is("process")) return read(field, record.process), true;
  if (is("processName")) return read(field, record.process_name), true;
  if (is("taskName")) return read(field, record.task_name), true;
  if (is("exc_text")) return read(field, record.exc_text), true;
  if (is("stack_info")) return read(field, record.stack_info), true;
  return false;
}

/// Names of LogRecord's own attributes that a formatter sets or that cannot come as JSON: no extras
/// in Python either.
bool is_reserved(const JsonField& field) {
  if (field.key == "args" || field.key == "exc_info") {
    const bool empty = field.value == "null" || field.value == "[]" || field.value == "{}";
    if (!empty) refuse(field, "something that can be read here; use msg and exc_text");
    return true;
  }
  return field.key == "message" || field.key == "asctime";
}

}  // namespace

void read_record(std::string_view line, Record& record) {
  bool has_number = false;
  for (JsonField& field : format::split_json_object(line)) {
    if (read_attribute(field, record)) {
      has_number = has_number || field.key == "levelno";
    } else if (!is_reserved(field)) {
      record.extras.push_back({std::move(field.key), std::move(field.value)});
    }
  }
  const bool has_name = record.levelname && *record.levelname;
  if (has_number || !has_name) return;
  const std::string& name = **record.levelname;
  const auto number = record::find_level(name);
  if (!number) {
    throw std::invalid_argument{"'levelname' is not a known level, and there is no 'levelno': '" +
                                name + "'"};
  }
  record.levelno = *number;
}

}  // namespace xylem::tools
