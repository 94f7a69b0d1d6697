// What most of the engine's sources include anyway, for builds with -Db_pch=true: .ci/run starts
// from nothing, and reading these takes longer than the sources themselves. Never included by name,
// and no source may count on it: builds are without it otherwise.

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
