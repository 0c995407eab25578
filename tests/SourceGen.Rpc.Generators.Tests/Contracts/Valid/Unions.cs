namespace Unions;

[Service]
public partial interface IUnions
{
    ValueTask<IShape> ShapeAsync(IShape? shape, List<IShape> all);

    ValueTask<Animal> AnimalAsync(Animal animal, Dog dog);

    ValueTask<IExpr> ExprAsync(IExpr expr);

    ValueTask<IOuter> NestedAsync(IOuter outer);

    ValueTask<Result<int, string?>> ResultAsync(Result<Page, List<int>> result, Option<int>.Some some, Option<string> option);

    ValueTask<IOpen> OpenAsync(IOpen open, Dictionary<IShape, int> keys);
}

[Union(0, typeof(Circle))]
[Union(1, typeof(Square))]
[Union(-40, typeof(Line))]
[Union(70000, typeof(BigCircle))]
public interface IShape;

public class Circle : IShape
{
    [Key(0)]
    public double R { get; set; }
}

public class BigCircle : Circle
{
    [Key(1)]
    public string? Name { get; set; }
}

public readonly record struct Square(double A) : IShape;

public sealed record Line(IShape? From, IShape? To) : IShape;

[Union(200, typeof(Cat))]
[Union(10, typeof(Dog))]
[Union(300, typeof(Bird))]
[Union(-100, typeof(Fish))]
[Union(-40000, typeof(Ant))]
public abstract class Animal
{
    public string Name { get; set; } = "";
}

public sealed class Dog : Animal
{
    public int Age { get; set; }
}

public class Cat : Animal;

public class Bird : Animal;

public class Fish : Animal;

public class Ant : Animal;

[Union(0, typeof(Leaf))]
[Union(1, typeof(Add))]
public interface IExpr;

public sealed record Leaf(int Value) : IExpr;

public sealed record Add(IExpr Left, IExpr Right) : IExpr;

[Union(0, typeof(IInner))]
[Union(1, typeof(Plain))]
[Union(2, typeof(IInnermost))]
public interface IOuter;

[Union(0, typeof(InnerA))]
[Union(1, typeof(InnerB))]
public interface IInner : IOuter;

[Union(7, typeof(Deep))]
public interface IInnermost : IInner;

public sealed record InnerA(int A) : IInner;

public sealed record InnerB(int B) : IInner;

public sealed record Deep(int C) : IInnermost;

public sealed record Plain : IOuter;

[Union(0, typeof(Ok<,>))]
[Union(1, typeof(Failed<,>))]
public abstract record Result<T, TError>
    where TError : class?;

public sealed record Ok<T, TError>(T Value) : Result<T, TError>
    where TError : class?;

public sealed record Failed<T, TError>(TError Error) : Result<T, TError>
    where TError : class?;

public sealed record Page(int Number);

[Union(0, typeof(Option<>.None))]
[Union(1, typeof(Option<>.Some))]
public abstract record Option<T>
{
    public sealed record None : Option<T>;

    public sealed record Some(T Value) : Option<T>;
}

[Union(0, typeof(Known))]
[UnionFallback(typeof(Other))]
public interface IOpen;

public sealed record Known(int A) : IOpen;

public record Other(UnknownCase Case) : IOpen;
