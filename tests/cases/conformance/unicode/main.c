#include <locale.h>
#include <stdio.h>
#include <wchar.h>
int main(void) {
    setlocale(LC_ALL, "");
    puts("Grüße, 世界 🌍 e\u0301");
    printf("%zu\n", wcslen(L"世界 🌍!"));
    printf("%ls\n", L"صباح");
}
