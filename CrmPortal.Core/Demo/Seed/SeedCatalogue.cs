using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Demo;

/// <summary>A product of the shop.</summary>
/// <param name="UnitPrice">In 1/10,000 of the currency.</param>
internal sealed record SeedProduct(string Code, string Name, string Category, string Brand, long UnitPrice);

/// <summary>Some 800 products of ten categories; the same for every seed, the popular ones of a category first.</summary>
internal sealed class SeedCatalogue
{
    private const int PerCategory = 80;

    private static readonly (string Name, double Weight, int From, int To, string[] Things, string[] Brands)[] Groups =
    [
        ("Kitchen", 16, 6, 180, ["Mug", "Teapot", "Frying pan", "Knife set", "Cutting board", "Storage jar", "Casserole", "Whisk",
            "Coffee grinder", "Bread bin"], ["Herdfein", "Maison Lune", "Oak & Iron", "Kuroi"]),
        ("Garden", 9, 4, 240, ["Watering can", "Secateurs", "Plant pot", "Bird house", "Lantern", "Garden chair", "Hose", "Herb seeds",
            "Trowel", "Rain gauge"], ["Greenlea", "Terraverde", "Hortus"]),
        ("Stationery", 11, 2, 60, ["Notebook", "Fountain pen", "Desk calendar", "Gift wrap", "Greeting card", "Pencil case", "Sketch pad",
            "Ink bottle", "Ruler", "Stamp set"], ["Papyra", "Linea", "Inkwell"]),
        ("Toys", 12, 5, 150, ["Wooden train", "Puzzle", "Plush bear", "Building blocks", "Board game", "Kite", "Doll", "Marble run",
            "Card game", "Rocking horse"], ["Holzwurm", "Playfold", "Nana"]),
        ("Textiles", 13, 8, 220, ["Blanket", "Cushion", "Tea towel", "Tablecloth", "Apron", "Curtain", "Bath towel", "Rug", "Bed linen",
            "Scarf"], ["Weberei Nord", "Filato", "Sahara Loom"]),
        ("Lighting", 7, 12, 320, ["Table lamp", "Fairy lights", "Candle holder", "Floor lamp", "Pendant", "Night light", "Desk lamp",
            "Tea lights", "Wall lamp", "Candle"], ["Lumo", "Hygge & Co", "Fanal"]),
        ("Bath", 9, 3, 90, ["Soap", "Bath salts", "Soap dish", "Hand cream", "Bath mat", "Brush", "Shampoo bar", "Mirror", "Laundry basket",
            "Toothbrush mug"], ["Aqua Viva", "Savon du Sud", "Pure North"]),
        ("Food", 12, 3, 70, ["Olive oil", "Honey", "Chocolate", "Green tea", "Coffee beans", "Biscuits", "Jam", "Spice box", "Mustard",
            "Dried figs"], ["Oliveto", "Bienenhof", "Kaldi", "Dolce Casa"]),
        ("Decoration", 8, 5, 190, ["Vase", "Picture frame", "Wall clock", "Wreath", "Garland", "Paper star", "Bowl", "Figurine", "Poster",
            "Ornament"], ["Studio Mira", "Nordlys", "Artesano"]),
        ("Travel", 3, 9, 390, ["Rucksack", "Water bottle", "Umbrella", "Suitcase", "Travel mug", "Neck pillow", "Wash bag", "Picnic basket",
            "Torch", "Map case"], ["Wayfarer", "Bergpfad", "Compass Rose"]),
    ];

    private static readonly string[] Kinds = ["small", "large", "blue", "red", "green", "white", "classic", "gift edition"];

    private readonly double[] _categories;
    private readonly double[] _popularity;

    public SeedCatalogue()
    {
        var products = new List<SeedProduct>();
        var random = SeedRandom.For(0, SeedStream.Catalogue, 0);
        foreach (var group in Groups)
        {
            for (var i = 0; i < PerCategory; i++)
            {
                var (thing, kind, brand) = (group.Things[i % group.Things.Length], Kinds[i / group.Things.Length],
                    group.Brands[random.Below(group.Brands.Length)]);
                // Cheap things are many and dear ones few.
                var share = random.Share();
                var price = group.From + (group.To - group.From) * share * share * share;
                products.Add(new($"P{products.Count + 1001}", $"{thing}, {kind}", group.Name, brand,
                    ((long)price * 100 + 95) * (Money.PriceScale / 100)));
            }
        }

        Products = products;
        _categories = Cumulative([.. Groups.Select(g => g.Weight)]);
        _popularity = Cumulative([.. Enumerable.Range(0, PerCategory).Select(i => 1.0 / (i + 4))]);
    }

    public IReadOnlyList<SeedProduct> Products { get; }

    public int PickCategory(ref SeedRandom random) => random.Place(_categories);

    /// <summary>A product of a category; who looks at more of them takes the dearest of those.</summary>
    public int Pick(ref SeedRandom random, int category, int looks)
    {
        var best = category * PerCategory + random.Place(_popularity);
        for (var i = 1; i < looks; i++)
        {
            var other = category * PerCategory + random.Place(_popularity);
            if (Products[other].UnitPrice > Products[best].UnitPrice) best = other;
        }

        return best;
    }

    public static double[] Cumulative(double[] weights)
    {
        var sum = 0.0;
        return [.. weights.Select(w => sum += w)];
    }
}
