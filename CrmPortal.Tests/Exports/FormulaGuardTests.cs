using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Tests.Exports;

public sealed class FormulaGuardTests
{
    [Theory]
    [InlineData("=1+1")]
    [InlineData("+1")]
    [InlineData("-1+1")]
    [InlineData("@SUM(1)")]
    [InlineData("\t1")]
    [InlineData("\r1")]
    [InlineData("\0")]
    [InlineData("   =1")]
    [InlineData("\u3000=1")]
    [InlineData("\u200B=1")]
    [InlineData("\uFF1D1")]
    [InlineData("\uFF0B1")]
    [InlineData("\uFF0D1")]
    [InlineData("\uFF201")]
    [InlineData("'=1")]
    public void Guard_WhatBeginsAsAFormula_GetsOneApostrophe(string text)
    {
        Assert.Equal("'" + text, FormulaGuard.Guard(text));
        Assert.Equal(text, FormulaGuard.Unguard("'" + text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Ada")]
    [InlineData("O'Brien")]
    [InlineData("'t Hooft")]
    [InlineData("a=b")]
    [InlineData("1-2")]
    [InlineData("''")]
    public void Guard_OtherText_StaysAsItIs(string text)
    {
        Assert.Equal(text, FormulaGuard.Guard(text));
        Assert.Equal(text, FormulaGuard.Unguard(text));
    }

    [Fact]
    public void Unguard_OfGuarded_GivesEveryTextBack()
    {
        const string signs = "='+-@\t\r\n\0 \"a1\u00A0\uFEFF\uFF1D\uFF0B\uD800\uDC00é";
        var random = new Random(20260304);
        for (var i = 0; i < 200_000; i++)
        {
            var text = string.Create(random.Next(0, 8), random, (span, r) =>
            {
                foreach (ref var c in span) c = signs[r.Next(signs.Length)];
            });
            var guarded = FormulaGuard.Guard(text);
            if (FormulaGuard.Unguard(guarded) != text) Assert.Fail($"{text} became {guarded}");
            Assert.True(guarded.Length == 0 || !"=+-@\t\r\0".Contains(guarded[0], StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Unguard_OfGuardedNaughtyStrings_GivesThemBack() =>
        Assert.All(ExportSamples.NaughtyStrings(), text => Assert.Equal(text, FormulaGuard.Unguard(FormulaGuard.Guard(text))));
}
