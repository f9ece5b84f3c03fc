using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;

namespace CrmPortal.Tests.Filtering;

public sealed class FilterTextTests
{
    private const string Alphabet = "ab,;:()%\"'\\ é山+&=?#\n\t";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Text_OfAnyFilter_ReadsBackAsTheSame(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 500; i++)
        {
            var filter = new FilterAll([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Make(random, 2))]);
            var text = filter.ToString();

            var read = FilterText.Parse(text);

            Assert.Equal(text, read.ToString());
            Assert.Equal(Conditions(filter), Conditions(read));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(null)]
    [InlineData(";;")]
    public void Parse_Nothing_IsNoCondition(string? text) => Assert.Empty(FilterText.Parse(text).Items);

    [Theory]
    [InlineData("status")]
    [InlineData("status:is:a:b")]
    [InlineData("status:3:a")]
    [InlineData("status:-1:a")]
    [InlineData("status:nonsense:a")]
    [InlineData("any(status:is:a")]
    [InlineData("any()")]
    [InlineData("not()")]
    [InlineData(")")]
    [InlineData("a:is:b)")]
    [InlineData("any(any(any(any(any(any(any(a:is:b)))))))")]
    public void Parse_NoFilter_IsRefused(string text) => Assert.Throws<RuleViolationException>(() => FilterText.Parse(text));

    [Fact]
    public void Parse_TooLongOrTooMany_IsRefused()
    {
        Assert.Throws<RuleViolationException>(() => FilterText.Parse("a:is:" + new string('x', 4000)));
        Assert.Throws<RuleViolationException>(() => FilterText.Parse(string.Join(';', Enumerable.Repeat("a:is:b", 51))));
        Assert.Throws<RuleViolationException>(() =>
            FilterText.Parse(string.Concat(Enumerable.Repeat("not(", 900)) + "a:is:b" + new string(')', 900)));
        Assert.Equal(50, FilterText.Parse(string.Join(';', Enumerable.Repeat("a:is:b", 50))).Items.Count);
    }

    private static FilterExpression Make(Random random, int depth) => (depth == 0 ? 0 : random.Next(5)) switch
    {
        1 => new FilterAny([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Make(random, depth - 1))]),
        2 => new FilterAll([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Make(random, depth - 1))]),
        3 => new FilterNot(Make(random, depth - 1)),
        _ => new FilterCondition("field" + random.Next(9), (FilterOperator)random.Next(Enum.GetValues<FilterOperator>().Length),
            [.. Enumerable.Range(0, random.Next(3)).Select(_ => Value(random))]),
    };

    private static string Value(Random random) => string.Concat(Enumerable.Range(0, random.Next(5))
        .Select(_ => Alphabet[random.Next(Alphabet.Length)]));

    private static IEnumerable<string> Conditions(FilterExpression filter) => filter switch
    {
        FilterAll all => all.Items.SelectMany(Conditions),
        FilterAny any => any.Items.SelectMany(Conditions),
        FilterNot not => Conditions(not.Item),
        FilterCondition c => [$"{c.Field} {c.Operator} {string.Join('|', c.Values)}"],
        _ => throw new InvalidOperationException(),
    };
}
