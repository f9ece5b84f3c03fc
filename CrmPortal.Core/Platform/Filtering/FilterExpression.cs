using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Platform.Filtering;

/// <summary>What a list shows: conditions joined by and, or, not.</summary>
public abstract record FilterExpression
{
    /// <summary>The form in which a filter is in a URL or a saved view.</summary>
    public abstract override string ToString();
}

public sealed record FilterAll(IReadOnlyList<FilterExpression> Items) : FilterExpression
{
    public static FilterAll Nothing { get; } = new([]);

    public override string ToString() => string.Join(';', Items.Select(i => i is FilterAll ? $"all({i})" : i.ToString()));
}

public sealed record FilterAny(IReadOnlyList<FilterExpression> Items) : FilterExpression
{
    public override string ToString() => $"any({string.Join(';', Items.Select(i => i is FilterAll ? $"all({i})" : i.ToString()))})";
}

public sealed record FilterNot(FilterExpression Item) : FilterExpression
{
    public override string ToString() => $"not({Item})";
}

/// <summary>One field compared with values.</summary>
public sealed record FilterCondition(string Field, FilterOperator Operator, IReadOnlyList<string> Values) : FilterExpression
{
    public override string ToString() =>
        $"{Field}:{Operator.ToString().ToLowerInvariant()}{(Values.Count == 0 ? "" : ":" + string.Join(',', Values.Select(FilterText.Escape)))}";
}

public enum FilterOperator
{
    Is, Not, Any, All, None, Starts, Contains, Empty, Present, Yes, No, Before, After, Between, Last, Older, Next, Less, More,
}

/// <summary>Reads the text form: <c>status:any:active,blocked;vip:yes;any(city:is:Paris;not(tags:any:old))</c>.</summary>
public static class FilterText
{
    private const int LongestText = 4000;
    private const int DeepestNesting = 6;
    private const int MostConditions = 50;
    private const string Reserved = ",;:()%";

    /// <exception cref="RuleViolationException">The text is no filter.</exception>
    public static FilterAll Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return FilterAll.Nothing;
        if (text.Length > LongestText) throw Fault();
        var conditions = 0;
        var position = 0;
        var items = ParseItems(0);
        if (position < text.Length) throw Fault();
        return new(items);

        List<FilterExpression> ParseItems(int depth)
        {
            if (depth > DeepestNesting) throw Fault();
            var found = new List<FilterExpression>();
            while (position < text.Length && text[position] != ')')
            {
                if (text[position] == ';')
                {
                    position++;
                    continue;
                }

                found.Add(ParseItem(depth));
            }

            return found;
        }

        FilterExpression ParseItem(int depth)
        {
            foreach (var group in new[] { "any(", "all(", "not(" })
            {
                if (string.CompareOrdinal(text, position, group, 0, group.Length) != 0) continue;
                position += group.Length;
                var inner = ParseItems(depth + 1);
                if (position >= text.Length || inner.Count == 0) throw Fault();
                position++;
                return group[0] == 'n' ? new FilterNot(inner.Count == 1 ? inner[0] : new FilterAll(inner)) : group[1] == 'n'
                    ? new FilterAny(inner) : new FilterAll(inner);
            }

            if (++conditions > MostConditions) throw Fault();
            var end = text.AsSpan(position).IndexOfAny(';', ')');
            var condition = end < 0 ? text[position..] : text.Substring(position, end);
            position += condition.Length;
            var parts = condition.Split(':');
            if (parts.Length is < 2 or > 3 || !Enum.TryParse<FilterOperator>(parts[1], true, out var comparison)
                || int.TryParse(parts[1], out _)) throw Fault();
            return new FilterCondition(parts[0], comparison, parts.Length < 3 ? []
                : [.. parts[2].Split(',').Select(v => StoredText.Composed(Uri.UnescapeDataString(v)))]);
        }
    }

    internal static string Escape(string value) =>
        string.Concat(value.Select(c => Reserved.Contains(c, StringComparison.Ordinal) ? Uri.HexEscape(c) : c.ToString()));

    private static RuleViolationException Fault() => new("Filter", "This filter cannot be read.");
}
