using System.Reflection;
using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Generators.Tests;

/// <summary>Walks everything an object refers to.</summary>
internal static class ObjectGraph
{
    private const BindingFlags EveryField =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Asserts that nothing of a compilation can be reached; returns how many objects were visited.</summary>
    public static int AssertPlain(object root)
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Stack<object> pending = new([root]);
        while (pending.TryPop(out object? value))
        {
            if (!seen.Add(value)) continue;
            Assert.False(
                value is ISymbol or SyntaxNode or SyntaxTree or SyntaxReference or Location or Compilation or SemanticModel or Diagnostic
                    or Delegate,
                $"{root.GetType().Name} leads to a {value.GetType().FullName}.");
            if (value is string || value.GetType().IsPrimitive || value.GetType().IsEnum) continue;
            if (value is Array array)
            {
                foreach (object? item in array)
                {
                    if (item is not null) pending.Push(item);
                }

                continue;
            }

            for (Type? type = value.GetType(); type is not null; type = type.BaseType)
            {
                foreach (FieldInfo field in type.GetFields(EveryField))
                {
                    if (field.GetValue(value) is { } next) pending.Push(next);
                }
            }
        }

        return seen.Count;
    }
}
