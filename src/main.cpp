#include <cstdio>

int main() { std::puts("itemize"); }
