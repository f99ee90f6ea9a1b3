// Hello
interface Greeting {
  name: string;
  loud?: boolean;
}

function greet({ name, loud = false }: Greeting): string {
  const text = `Hello, ${name}`;
  return loud ? `${text.toUpperCase()}!` : `${text}.`;
}

console.log(greet({ name: "world", loud: true }));
