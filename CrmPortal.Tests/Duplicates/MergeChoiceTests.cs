using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.History;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Loyalty;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Duplicates;

/// <summary>What merged records say differently beside their own fields is shown with every value and can be chosen.</summary>
public sealed class MergeChoiceTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task OwnFields_ThatDiffer_AreShown_Chosen_AndComeBackWithTheUndo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Administrator);
        await manager.Get<CustomFieldService>().AddAsync(new() { Label = "Shoe size", Type = CustomFieldType.Text },
            CancellationToken.None);
        await manager.Get<CustomFieldService>().AddAsync(new() { Label = "Colour", Type = CustomFieldType.Text }, CancellationToken.None);
        var (survivor, other) = (await data.AddCustomerAsync("Ada", "Lovelace"), await data.AddCustomerAsync("Ada", "King"));
        var fields = manager.Get<CustomFieldService>();
        await fields.SetAsync(survivor.Id, "shoe_size", "38", CancellationToken.None);
        await fields.SetAsync(other.Id, "shoe_size", "39", CancellationToken.None);
        await fields.SetAsync(survivor.Id, "colour", "Red", CancellationToken.None);
        await fields.SetAsync(other.Id, "colour", "Red", CancellationToken.None);
        var merging = manager.Get<MergeService>();

        var preview = await merging.PreviewAsync(new(survivor.Id, [other.Id]), CancellationToken.None);

        var size = Assert.Single(preview.Fields, f => f.Name.StartsWith("field.", StringComparison.Ordinal));
        Assert.Equal(("field.shoe_size", "Shoe size", survivor.Id, true), (size.Name, size.Label, size.ChosenId, size.Differs));
        Assert.Equal([new MergeValue(survivor.Id, "38"), new MergeValue(other.Id, "39")], size.Values);
        Assert.Equal(new MergeMove(nameof(CustomFieldValue), 0, 1), preview.Moves.Single(m => m.EntityType == nameof(CustomFieldValue)));
        var refused = new MergeRequest(survivor.Id, [other.Id], new Dictionary<string, long> { ["field.nothing"] = other.Id });
        await Assert.ThrowsAsync<RuleViolationException>(() => merging.MergeAsync(refused, CancellationToken.None));
        var merged = await merging.MergeAsync(new(survivor.Id, [other.Id], new Dictionary<string,
            long> { ["field.shoe_size"] = other.Id }), CancellationToken.None);
        Assert.Equal("39", await SizeAsync());
        await manager.Get<UndoService>().UndoAsync(merged.ChangeSetId, false, CancellationToken.None);
        Assert.Equal("38", await SizeAsync());

        async Task<string?> SizeAsync() => (await fields.OfCustomerAsync(survivor.Id, CancellationToken.None)).Single(f =>
            f.Field.Key == "shoe_size").Value;
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task ReviewsPreferencesAndTies_ThatDiffer_CanBeChosen(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var (survivor, other, friend) = (await data.AddCustomerAsync("Ada", "Lovelace"), await data.AddCustomerAsync("Ada", "King"),
            await data.AddCustomerAsync("Grace", "Hopper"));
        await data.AddOrderAsync("O-1", survivor.Id, 100);
        await data.WriteAsync(async db =>
        {
            var product = await db.Products.SingleAsync();
            db.ProductReviews.Add(new ProductReview { CustomerId = survivor.Id, ProductId = product.Id, Rating = 2, Text = "Meh",
                At = data.Clock.GetUtcNow() });
            db.ProductReviews.Add(new ProductReview { CustomerId = other.Id, ProductId = product.Id, Rating = 5, Text = "Great",
                At = data.Clock.GetUtcNow() });
            db.Preferences.Add(new Preference { CustomerId = survivor.Id, Type = "delivery", Key = "day", Value = "Friday" });
            db.Preferences.Add(new Preference { CustomerId = other.Id, Type = "delivery", Key = "day", Value = "Monday" });
        });
        var relations = manager.Get<RelationService>();
        await relations.RelateAsync(survivor.Id, friend.Number, RelationshipKind.Friend, null, CancellationToken.None);
        await relations.RelateAsync(friend.Id, other.Number, RelationshipKind.Parent, null, CancellationToken.None);
        var choices = new Dictionary<string, long>
        {
            ["review.P-1"] = other.Id, ["preference.delivery.day"] = other.Id, [$"relationship.{friend.Number}"] = other.Id,
        };

        var preview = await manager.Get<MergeService>().PreviewAsync(new(survivor.Id, [other.Id]), CancellationToken.None);
        await manager.Get<MergeService>().MergeAsync(new(survivor.Id, [other.Id], choices), CancellationToken.None);

        Assert.Equal(choices.Keys.Order(), preview.Fields.Select(f => f.Name).Where(n => n.Contains('.', StringComparison.Ordinal))
            .Order());
        await using var db = manager.OpenContext();
        Assert.Equal((5, "Great"), await db.ProductReviews.Where(r => r.CustomerId == survivor.Id)
            .Select(r => new ValueTuple<int, string?>(r.Rating, r.Text)).SingleAsync());
        Assert.Equal("Monday", await db.Preferences.Where(p => p.CustomerId == survivor.Id).Select(p => p.Value).SingleAsync());
        var tie = await db.Relationships.SingleAsync(r => r.CustomerId == survivor.Id);
        Assert.Equal((friend.Id, RelationshipKind.Child), (tie.OtherId, tie.Kind));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Tier_FollowsWhatTheRecordsSpentTogether(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.UseRulesAsync(r => r);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var (survivor, other) = (await data.AddCustomerAsync("Ada", "Lovelace"), await data.AddCustomerAsync("Ada", "King"));
        await BuyAsync("A", survivor.Id, 600);
        await BuyAsync("B", other.Id, 500);
        Assert.Equal("bronze", await TierAsync());

        var merged = await manager.Get<MergeService>().MergeAsync(new(survivor.Id, [other.Id]), CancellationToken.None);
        Assert.Equal("silver", await TierAsync());
        await manager.Get<UndoService>().UndoAsync(merged.ChangeSetId, false, CancellationToken.None);
        Assert.Equal("bronze", await TierAsync());

        Task<string?> TierAsync() => data.ReadAsync(db => db.Customers.Where(c => c.Id == survivor.Id).Select(c => c.Tier).SingleAsync());

        async Task BuyAsync(string number, long customer, decimal price) =>
            await manager.Get<OrderService>().CreateAsync(OrderWriting.Order(price, 1, OrderStatus.Completed, customer)
                with { ExternalId = number }, CancellationToken.None);
    }
}
