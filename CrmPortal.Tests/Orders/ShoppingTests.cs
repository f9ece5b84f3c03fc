using CrmPortal.Core.History;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Loyalty;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Orders;

public sealed class ShoppingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Wish_IsThereOnce_AndItsRemovalCanBeUndone(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var shopping = staff.Get<ShoppingService>();
        var wish = (await shopping.WishAsync(ada.Id, new() { ProductCode = "MUG-1", Name = "Mug" }, Token))!.Part;
        Assert.Equal(wish, (await shopping.WishAsync(ada.Id, new() { ProductCode = "MUG-1" }, Token))!.Part);
        await shopping.WishAsync(ada.Id, new() { ProductCode = "TEA-1" }, Token);
        Assert.Equal(["TEA-1", "Mug"], (await shopping.WishesAsync(ada.Id, Token)).Select(w => w.Name));

        var removed = await shopping.UnwishAsync(ada.Id, wish.Id, Token);
        Assert.Equal(["TEA-1"], (await shopping.WishesAsync(ada.Id, Token)).Select(w => w.Name));
        await staff.Get<UndoService>().UndoAsync(removed!.Value, false, Token);

        Assert.Equal(2, (await shopping.WishesAsync(ada.Id, Token)).Count);
        Assert.Null(await shopping.UnwishAsync(ada.Id, 4711, Token));
        Assert.Null(await shopping.WishAsync(4711, new() { ProductCode = "MUG-1" }, Token));
        Assert.Equal("ProductCode",
            (await Assert.ThrowsAsync<RuleViolationException>(() => shopping.WishAsync(ada.Id, new(), Token))).Errors.Single().Field);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Review_OfAProduct_EarnsItsBonusOnce_HoweverOftenItIsWritten(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync();
        await data.WriteAsync(db =>
        {
            db.LoyaltyProgrammes
                .Add(new LoyaltyProgramme { State = ProgrammeState.Active, Name = "With thanks",
                RulesJson = LoyaltyProgramme.Write(new() { ReviewBonus = 25 }), CreatedAt = data.Clock.GetUtcNow(),
                ActivatedAt = data.Clock.GetUtcNow() });
            return Task.CompletedTask;
        });
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var shopping = staff.Get<ShoppingService>();

        var first = (await shopping.ReviewAsync(ada.Id, new() { ProductCode = "MUG-1", ProductName = "Mug", Rating = 4, Title = "Good" },
            Token))!;
        Assert.Equal((true, 25L, 4), (first.IsCreated, first.Points, first.Review.Rating));
        var changed = (await shopping.ReviewAsync(ada.Id, new() { ProductCode = "MUG-1", Rating = 5, Text = "Better" }, Token))!;
        Assert.Equal((first.Review.Id, false, 0L, 5, (string?)null),
            (changed.Review.Id, changed.IsCreated, changed.Points, changed.Review.Rating, changed.Review.Title));
        await shopping.RemoveReviewAsync(ada.Id, first.Review.Id, Token);
        Assert.Equal(0, (await shopping.ReviewAsync(ada.Id, new() { ProductCode = "MUG-1", Rating = 5 }, Token))!.Points);
        Assert.Equal(25, (await shopping.ReviewAsync(ada.Id, new() { ProductCode = "TEA-1", Rating = 1 }, Token))!.Points);

        Assert.Equal(50, await data.PointsAsync(ada.Id));
        Assert.Equal(["TEA-1", "MUG-1"], (await shopping.ReviewsAsync(ada.Id, Token)).Select(r => r.ProductCode));
        Assert.Equal("Rating",
            (await Assert
            .ThrowsAsync<RuleViolationException>(() => shopping.ReviewAsync(ada.Id, new() { ProductCode = "MUG-1", Rating = 6 },
            Token))).Errors.Single().Field);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Review_WhoseBonusReachesATier_RaisesAtOnce_AndMakesAMember(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.UseRulesAsync(r => r with { ReviewBonus = 600, SignUpBonus = 300, TierBasis = TierBasis.Points });
        var ada = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var shopping = staff.Get<ShoppingService>();

        Assert.Equal(600, (await shopping.ReviewAsync(ada.Id, new() { ProductCode = "MUG-1", Rating = 4 }, Token))!.Points);
        Assert.Equal(("bronze", 900), (await data.TierAsync(ada.Id), await data.PointsAsync(ada.Id)));
        await shopping.ReviewAsync(ada.Id, new() { ProductCode = "TEA-1", Rating = 5 }, Token);

        Assert.Equal(("silver", 1500), (await data.TierAsync(ada.Id), await data.PointsAsync(ada.Id)));
        Assert.Equal([" bronze Automatic", "bronze silver Automatic"], await data.StepsAsync(ada.Id));
        // A changed review earns nothing and changes nothing.
        await shopping.ReviewAsync(ada.Id, new() { ProductCode = "TEA-1", Rating = 1 }, Token);
        Assert.Equal(("silver", 1500), (await data.TierAsync(ada.Id), await data.PointsAsync(ada.Id)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Cart_SentTwice_ChangesNothing_AndIsAbandonedAfterADay(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync(email: "ada@example.com");
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var shopping = staff.Get<ShoppingService>();
        var body = new CartInput { Email = "ada@example.com",
            Lines = new([new() { ProductCode = "MUG-1", Name = "Mug", Quantity = 2, UnitPrice = 12.5m }]) };

        var saved = await shopping.SaveCartAsync("C-1", body, Token);
        Assert.Equal((true, ada.Id, 25_00L, CartState.Open), (saved.IsCreated, saved.Cart.CustomerId, saved.Cart.Total, saved.Cart.State));
        var recorded = await data.RecordedAsync();
        data.Clock.Advance(TimeSpan.FromHours(23));
        Assert.False((await shopping.SaveCartAsync("C-1", body, Token)).IsChanged);
        Assert.Equal(recorded, await data.RecordedAsync());

        data.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(CartState.Abandoned, Assert.Single(await shopping.CartsAsync(ada.Id, Token)).State);
        var again = await shopping.SaveCartAsync("C-1", new() { Lines = new([new() { ProductCode = "TEA-1", UnitPrice = 3 }]) }, Token);
        Assert.Equal((CartState.Open, 3_00L, "TEA-1"), (again.Cart.State, again.Cart.Total, again.Cart.Lines.Single().ProductCode));
        Assert.Equal(CartState.Ordered, (await shopping.SaveCartAsync("C-1", new() { State = CartState.Ordered }, Token)).Cart.State);
        Assert.Equal(["Lines[0].UnitPrice"],
            (await Assert
            .ThrowsAsync<RuleViolationException>(() => shopping.SaveCartAsync("C-1", new() { Lines = new([new() { ProductCode = "A" }]) },
            Token))).Errors.Select(e => e.Field));
    }
}
