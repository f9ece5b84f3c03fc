using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;

namespace CrmPortal.Tests.Filtering;

/// <summary>Filters as JSON say what their text says.</summary>
public sealed class FilterJsonTests
{
    [Theory]
    [InlineData("", """{"all":[]}""")]
    [InlineData("vip:yes", """{"all":[{"field":"vip","is":"yes"}]}""")]
    [InlineData("status:any:active,blocked;not(any(spent:more:5;city:is:a%2Cb))",
        """{"all":[{"field":"status","is":"any","values":["active","blocked"]},{"not":{"any":[""" +
        """{"field":"spent","is":"more","values":["5"]},{"field":"city","is":"is","values":["a,b"]}]}}]}""")]
    [InlineData("any(vip:yes;all(orders:more:2;field.motto:present))",
        """{"all":[{"any":[{"field":"vip","is":"yes"},{"all":[{"field":"orders","is":"more","values":["2"]},""" +
        """{"field":"field.motto","is":"present"}]}]}]}""")]
    public void Filter_IsWrittenAndReadBack(string text, string json)
    {
        Assert.Equal(json, FilterJson.Write(FilterText.Parse(text)).ToJsonString());
        Assert.Equal(text, FilterJson.Read(json).ToString());
    }

    [Fact]
    public void Numbers_AndASingleCondition_AreReadToo() =>
        Assert.Equal("spent:between:5,7.5", FilterJson.Read("""{"field":"spent","is":"Between","values":[5,7.5]}""").ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("""{"all":5}""")]
    [InlineData("""{"any":[]}""")]
    [InlineData("""{"all":[],"any":[]}""")]
    [InlineData("""{"field":"vip"}""")]
    [InlineData("""{"field":"vip","is":"sometimes"}""")]
    [InlineData("""{"field":"vip","is":"5"}""")]
    [InlineData("""{"field":"a:b","is":"yes"}""")]
    [InlineData("""{"field":"vip);x","is":"yes"}""")]
    [InlineData("""{"field":"vip","is":"yes","more":1}""")]
    [InlineData("""{"field":"vip","field":"vip","is":"yes"}""")]
    [InlineData("""{"field":"vip","is":"any","values":[true]}""")]
    [InlineData("""{"field":"vip","is":"any","values":"x"}""")]
    public void WhatIsNoFilter_IsRefused(string? json) => Assert.Throws<RuleViolationException>(() => FilterJson.Read(json));

    [Fact]
    public void Bounds_AreThoseOfTheText()
    {
        var many = string.Join(',', Enumerable.Repeat("""{"field":"vip","is":"yes"}""", 51));
        Assert.Throws<RuleViolationException>(() => FilterJson.Read($$"""{"all":[{{many}}]}"""));
        var deep = string.Concat(Enumerable.Repeat("""{"not":""", 8)) + """{"field":"vip","is":"yes"}""" + new string('}', 8);
        Assert.Throws<RuleViolationException>(() => FilterJson.Read(deep));
        Assert.Throws<RuleViolationException>(() => FilterJson.Read(new string(' ', FilterJson.LongestText) + "{}"));
    }
}
