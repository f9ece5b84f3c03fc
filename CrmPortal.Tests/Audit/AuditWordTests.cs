using System.Globalization;
using System.Reflection;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Resources;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Audit;

/// <summary>What stands in the history is called by words of both languages, which the kinds declare themselves.</summary>
public sealed class AuditWordTests
{
    [Fact]
    public async Task Model_EveryAuditedKindAndField_HasAWord()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var db = data.Get<IDatabaseProvider>().CreateContext(null);
        var kinds = db.Model.GetEntityTypes().Where(t => typeof(IAudited).IsAssignableFrom(t.ClrType)).ToList();

        Assert.Empty(kinds.Where(t => string.IsNullOrWhiteSpace(t.ClrType.GetCustomAttribute<AuditNameAttribute>()?.Label))
            .Select(t => t.ClrType.Name));
        Assert.Empty(kinds.SelectMany(t => t.GetProperties().Where(ChangeRecorder.IsAudited)
            .Where(f => AuditWords.FindFieldLabel(AuditNames.Of(t.ClrType), f.Name) is null).Select(f => $"{t.ClrType.Name}.{f.Name}")));
    }

    [Theory, InlineData("en"), InlineData("es")]
    public void EveryWord_HasAText(string language)
    {
        var texts = new System.Resources.ResourceManager(typeof(Texts)).GetResourceSet(CultureInfo.GetCultureInfo(language),
            createIfNotExists: true, tryParents: language == "en")!;

        Assert.Empty(AuditWords.All.Where(word => string.IsNullOrWhiteSpace(texts.GetString(word))).Order());
    }

    [Theory]
    [InlineData("CustomerTag", "Tag of a customer", "Tag", "Tags")]
    [InlineData("Reward", "Reward", "Reward", "Reward")]
    [InlineData("SignIn", "Sign-in", "Sign-in", "Sign-in")]
    [InlineData("KindOfTomorrow", "Kind of tomorrow", "Kind of tomorrow", "Kind of tomorrow")]
    public void Kind_IsCalledByItsWords_OrElseByItsName(string kind, string label, string inHistory, string several) =>
        Assert.Equal((label, inHistory, several),
            (AuditWords.LabelOf(kind), AuditWords.ShortLabelOf(kind), AuditWords.PluralLabelOf(kind)));

    [Theory]
    [InlineData("Customer", "GivenName", "First name")]
    [InlineData("Customer", "MergedFrom", "Merged from")]
    [InlineData("Address", "State", "State or county")]
    [InlineData("Cart", "State", "Status")]
    [InlineData("CustomFieldValue", "shoe_size", "Value")]
    [InlineData("User", "LockoutEnabled", "Can be locked")]
    [InlineData("SignIn", "Code", "Two-factor code")]
    [InlineData("Order", "FieldOfTomorrow", "Field of tomorrow")]
    public void Field_IsCalledByItsWord_OrElseByItsName(string kind, string field, string label) =>
        Assert.Equal(label, AuditWords.FieldLabelOf(kind, field));
}
