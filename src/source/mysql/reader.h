#pragma once

#include <memory>

#include "source/mysql/pool.h"
#include "source/mysql/row_decoder.h"
#include "source/source.h"

namespace itemize::source::mysql {

/// Starts reading `columns` of the range on one of the pool's connections, which the reader gives back when it is destroyed.
Result<std::unique_ptr<Reader>> open_reader(std::shared_ptr<Pool> pool, const Range& range, const row::Table& table,
                                            const std::vector<std::string>& columns, const std::vector<std::string>& key_forms);

}  // namespace itemize::source::mysql
