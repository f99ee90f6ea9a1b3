#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <queue>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

struct Employee {
    std::string name;
    int age;
    double salary;
};

class Shape {
public:
    virtual ~Shape() = default;
    virtual double area() const = 0;
};

class Circle : public Shape {
    double r;
public:
    explicit Circle(double r) : r(r) {}
    double area() const override { return 3.14159265 * r * r; }
};

class Square : public Shape {
    double s;
public:
    explicit Square(double s) : s(s) {}
    double area() const override { return s * s; }
};

template <typename T>
T largest(const std::vector<T>& values) {
    return *std::max_element(values.begin(), values.end());
}

int main() {
    std::vector<Employee> staff = {{"Ada", 36, 5200.5}, {"Grace", 45, 6100.0}, {"Linus", 28, 4100.25}};
    std::sort(staff.begin(), staff.end(), [](const Employee& a, const Employee& b) { return a.age < b.age; });
    for (const auto& e : staff) std::cout << e.name << " " << e.age << " " << e.salary << "\n";
    std::map<std::string, std::vector<int>> groups;
    for (int i = 0; i < 20; i++) groups["k" + std::to_string(i % 3)].push_back(i);
    for (const auto& [key, list] : groups) std::cout << key << ": " << std::accumulate(list.begin(), list.end(), 0) << "\n";
    std::unordered_map<std::string, int> counts;
    std::istringstream words("the quick brown fox jumps over the lazy dog the end");
    std::string word;
    while (words >> word) counts[word]++;
    std::cout << counts["the"] << "\n";
    std::priority_queue<int> heap;
    for (int v : {3, 1, 4, 1, 5, 9, 2, 6}) heap.push(v);
    while (!heap.empty()) { std::cout << heap.top() << ' '; heap.pop(); }
    std::vector<std::unique_ptr<Shape>> shapes;
    shapes.push_back(std::make_unique<Circle>(2));
    shapes.push_back(std::make_unique<Square>(3));
    double total = 0;
    for (const auto& s : shapes) total += s->area();
    std::cout << "\n" << total << " " << largest<int>({1, 7, 3}) << "\n";
}
