using System.Reflection;
using System.Reflection.Emit;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Tests.Hosting;

/// <summary>
/// Which part of Core may name which: read from what the compiler made of it, so that nothing is overlooked that needs no using.
/// </summary>
public sealed class ArchitectureTests
{
    private const string Root = "CrmPortal.Core.";
    private const string Platform = "Platform";

    /// <summary>Every opcode by its value, to read the bodies of methods.</summary>
    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => c.Value);

    private static readonly Lazy<IReadOnlyDictionary<string, Dictionary<string, string>>> Arrows = new(ReadArrows);

    [Fact]
    public void Platform_KnowsNoFeature() =>
        Assert.Empty(Arrows.Value.GetValueOrDefault(Platform, []).Select(arrow => $"{arrow.Value} names {arrow.Key}"));

    [Fact]
    public void Features_KnowEachOtherOneWay()
    {
        // Whoever knows nobody that is left, or is known to nobody, may be taken away; what remains at the end stands in a circle.
        var left = Arrows.Value.ToDictionary(a => a.Key, a => a.Value.Keys.Where(Arrows.Value.ContainsKey).ToHashSet());
        while (left.Keys.Where(name => !left[name].Any(left.ContainsKey) || !left.Values.Any(named => named.Contains(name))).ToList()
            is { Count: > 0 } free) free.ForEach(name => left.Remove(name));

        Assert.Empty(left.SelectMany(f => f.Value.Where(left.ContainsKey).Select(to => $"{Arrows.Value[f.Key][to]} names {to}")));
    }

    [Fact]
    public void Arrows_AreReadFromBodiesToo()
    {
        Assert.Contains("Customers", Arrows.Value["Orders"].Keys);
        Assert.Contains(Platform, Arrows.Value["Customers"].Keys);
        Assert.True(Arrows.Value.Count >= 10);
    }

    /// <summary>By the first part of the namespace: which others it names, and one type that does.</summary>
    private static Dictionary<string, Dictionary<string, string>> ReadArrows()
    {
        var arrows = new Dictionary<string, Dictionary<string, string>>();
        // Migrations are history: they name whatever was there. The model as code is made by a tool and names every table.
        foreach (var type in typeof(CrmDbContext).Assembly.GetTypes().Where(t => PartOf(t) is not null && t.Namespace is { } name
            && !name.EndsWith("Migrations", StringComparison.Ordinal) && !name.EndsWith("CompiledModel", StringComparison.Ordinal)))
        {
            var from = PartOf(type)!;
            if (!arrows.TryGetValue(from, out var named)) arrows[from] = named = [];
            foreach (var to in NamedBy(type).SelectMany(Parts).Distinct().Where(p => p != from)) named.TryAdd(to, type.FullName!);
        }

        return arrows;
    }

    private static IEnumerable<string> Parts(Type type)
    {
        if (type.HasElementType) return Parts(type.GetElementType()!);
        var own = PartOf(type) is { } part ? [part] : Array.Empty<string>();
        return type.IsGenericType ? own.Concat(type.GetGenericArguments().SelectMany(Parts)) : own;
    }

    private static string? PartOf(Type type) =>
        !type.IsGenericParameter && type.Namespace?.StartsWith(Root, StringComparison.Ordinal) == true
            ? type.Namespace[Root.Length..].Split('.')[0] : null;

    private static IEnumerable<Type> NamedBy(Type type)
    {
        const BindingFlags All = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
            | BindingFlags.Instance | BindingFlags.Static;
        if (type.BaseType is { } parent) yield return parent;
        foreach (var one in type.GetInterfaces()) yield return one;
        foreach (var attribute in type.CustomAttributes) yield return attribute.AttributeType;
        foreach (var field in type.GetFields(All)) yield return field.FieldType;
        foreach (var method in type.GetMembers(All).OfType<MethodBase>())
        {
            foreach (var parameter in method.GetParameters()) yield return parameter.ParameterType;
            if (method is MethodInfo { ReturnType: var answer }) yield return answer;
            if (method.GetMethodBody() is not { } body) continue;
            foreach (var local in body.LocalVariables) yield return local.LocalType;
            foreach (var member in MembersOf(method, body))
            {
                if (member.DeclaringType is { } owner) yield return owner;
                if (member is Type named) yield return named;
                if (member is MethodInfo called)
                    foreach (var argument in called.IsGenericMethod ? called.GetGenericArguments() : []) yield return argument;
            }
        }
    }

    /// <summary>What the instructions of a method name.</summary>
    private static IEnumerable<MemberInfo> MembersOf(MethodBase method, MethodBody body)
    {
        var code = body.GetILAsByteArray()!;
        var (ofType, ofMethod) = (method.DeclaringType!.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : []);
        for (var at = 0; at < code.Length;)
        {
            var opcode = code[at] == 0xFE ? Codes[BitConverter.ToInt16([code[at + 1], code[at]])] : Codes[code[at]];
            at += opcode.Size;
            if (opcode.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineType
                or OperandType.InlineTok)
                yield return method.Module.ResolveMember(BitConverter.ToInt32(code, at), ofType, ofMethod)!;
            at += opcode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }
}
