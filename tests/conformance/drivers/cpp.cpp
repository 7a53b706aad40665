// Logs the cases of tests/conformance, as typed frames (cases.mjs), with the API of C++.

#include "frames.h"

#include <deque>
#include <iostream>
#include <logrtc.hpp>

// What the fields point to; it stays until the end.
static std::deque<std::string> texts;
static std::deque<std::vector<logrtc::Field>> lists;

static std::string_view read_view() {
    const text read = read_text();
    return texts.emplace_back(read.bytes ? read.bytes : "", read.len);
}

static const std::vector<logrtc::Field> &read_fields(std::size_t count, bool are_named);

static logrtc::Field read_field(bool is_named) {
    const std::string_view name = is_named ? read_view() : std::string_view();
    char word[32];
    read_word(word);
    const std::string_view kind = word;
    if (kind == "null") {
        return {name, nullptr};
    }
    const std::string_view value = read_view();
    if (kind == "bool") {
        return {name, value == "true"};
    }
    if (kind == "int") {
        return {name, std::strtoll(value.data(), nullptr, 10)};
    }
    if (kind == "uint") {
        return {name, std::strtoull(value.data(), nullptr, 10)};
    }
    if (kind == "double") {
        return {name, std::strtod(value.data(), nullptr)};
    }
    if (kind == "text") {
        return {name, value};
    }
    if (kind == "json") {
        return {name, logrtc::Raw{value}};
    }
    const bool is_object = kind == "object";
    const auto &nested = read_fields(std::strtoul(value.data(), nullptr, 10), is_object);
    return is_object ? logrtc::Field::object(name, nested) : logrtc::Field::array(name, nested);
}

static const std::vector<logrtc::Field> &read_fields(std::size_t count, bool are_named) {
    std::vector<logrtc::Field> fields;
    for (std::size_t i = 0; i < count; i++) {
        fields.push_back(read_field(are_named));
    }
    return lists.emplace_back(std::move(fields));
}

static void log_case(const logrtc::Producer &producer) {
    const auto level = static_cast<logrtc::Level>(read_number());
    const std::string_view target = read_view(), message = read_view();
    const text id = read_text(), trace_id = read_text(), parent_id = read_text();
    const auto &fields = read_fields(static_cast<std::size_t>(read_number()), true);
    if (id.bytes || trace_id.bytes || parent_id.bytes) {
        const auto owned = [](const text &read) { return std::string(read.bytes ? read.bytes : ""); };
        const logrtc::Span span = {owned(id), owned(trace_id), owned(parent_id)};
        check(producer.log(level, target, message, fields, span).code(), "log");
    } else {
        check(producer.log(level, target, message, fields).code(), "log");
    }
}

int main() {
    const char *max_entry_bytes = std::getenv("MAX_ENTRY_BYTES");
    if (max_entry_bytes == nullptr) {
        fail("MAX_ENTRY_BYTES is not set");
    }
    auto connected = logrtc::Producer::connect(
        logrtc::Options("conformance").max_entry_bytes(std::strtoul(max_entry_bytes, nullptr, 10)));
    if (!connected) {
        std::cerr << connected.error() << '\n';
        return 1;
    }
    int logged = 0;
    char word[32];
    for (read_word(word); std::string_view(word) != "end"; read_word(word)) {
        if (std::string_view(word) == "send") {
            check(connected->send(read_view()).code(), "send");
        } else {
            log_case(*connected);
        }
        logged++;
    }
    std::cout << "logged " << logged << std::endl;
    while (std::getchar() != EOF) {
    }
    check(connected->close(std::chrono::seconds(5)).code(), "close");
}
