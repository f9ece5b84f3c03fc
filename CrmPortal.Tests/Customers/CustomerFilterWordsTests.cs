using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Customers;

/// <summary>What chips and the titles of exports call the filters of customers.</summary>
public sealed class CustomerFilterWordsTests : CrmPageTest
{
    [Fact]
    public void EveryField_AndEveryChoice_IsSaidInWords_AndStandsInAnAddress()
    {
        var words = Services.GetRequiredService<FilterLabels>();
        foreach (var field in CustomerFilters.Catalogue.Fields)
        {
            foreach (var comparison in field.Operators)
            {
                string[] values = comparison switch
                {
                    FilterOperator.Present or FilterOperator.Empty or FilterOperator.Yes or FilterOperator.No => [],
                    FilterOperator.Between => ["2026-01-01", "2026-02-01"],
                    _ when field.Choices.Count > 0 => [field.Choices[0]],
                    _ => ["7"],
                };
                var condition = new FilterCondition(field.Name, comparison, values);

                Assert.DoesNotContain('_', words.Say(condition));
                Assert.Contains(field.Label, words.Say(condition), StringComparison.Ordinal);
                Assert.Equal(condition.ToString(), Assert.Single(FilterText.Parse(condition.ToString()).Items).ToString());
            }

            foreach (var choice in field.Choices) Assert.NotEqual(choice, words.Choice(field.Name, choice));
        }
    }

    [Theory]
    [InlineData("wanted_messages:any:email_newsletter", "Message preferences: Newsletter (E-mail)")]
    [InlineData("wanted_messages:empty", "Message preferences is empty")]
    [InlineData("relationship:any:referrer", "Related customers: Referred this customer")]
    [InlineData("document_status:none:verified", "Document check is none of Verified")]
    [InlineData("document_expires:next:30", "Document expiry in the next 30 days")]
    [InlineData("important_day:next:14", "Important date in the next 14 days")]
    [InlineData("preference:is:delivery/day=Friday", "Preference (type/key=value) is delivery/day=Friday")]
    [InlineData("has_contact_hours:no", "not Has contact hours")]
    public void Filter_AsAChip_ReadsLikeThis(string filter, string words) =>
        Assert.Equal(words, Services.GetRequiredService<FilterLabels>().Say(FilterText.Parse(filter).Items[0]));
}
