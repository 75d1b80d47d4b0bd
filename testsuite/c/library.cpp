// A C++ program with a library that was made of a module: an instance as a class, traps as exceptions, functions of an object as imports.
#include "library.h"
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

class Library {
public:
    Library() {
        imports = {this, log, pair};
        check(library_new(&imports, nullptr, 0, &instance));
    }
    ~Library() { library_delete(instance); }
    Library(const Library &) = delete;
    Library &operator=(const Library &) = delete;

    std::pair<uint32_t, uint32_t> divmod(uint32_t a, uint32_t b) {
        std::pair<uint32_t, uint32_t> results;
        check(library_divmod(instance, a, b, &results.first, &results.second));
        return results;
    }
    uint64_t host(uint32_t code, double value) {
        uint64_t result;
        check(library_host(instance, code, value, &result));
        return result;
    }
    std::vector<uint32_t> codes;

private:
    // An exception must not leave it: it would go through code that knows nothing of it.
    static uint64_t log(library_instance *instance, uint32_t code, double value) {
        static_cast<Library *>(library_data(instance))->codes.push_back(code);
        return code * static_cast<uint64_t>(value);
    }
    static void pair(library_instance *, uint32_t, uint64_t *results) { results[0] = results[1] = 0; }
    void check(uint32_t code) {
        if (code == WATIVE_OK)
            return;
        std::string text(300, '\0');
        text.resize(instance ? library_trap_text(instance, &text[0], text.size()) : 0);
        throw std::runtime_error(text.substr(0, text.find('\n')));
    }
    library_imports imports;
    library_instance *instance = nullptr;
};

int main() {
    Library one, two;
    auto results = one.divmod(17, 5);
    std::printf("%u %u\n", results.first, results.second);
    std::printf("%llu\n", static_cast<unsigned long long>(two.host(6, 7.0)));
    try {
        one.divmod(1, 0);
    } catch (const std::runtime_error &error) {
        std::printf("%s\n", error.what());
    }
    std::printf("%zu %zu\n", one.codes.size(), two.codes.size());
}
