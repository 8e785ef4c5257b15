/** The emoji that people pick most, each with the words that find it. */
export type Emoji = [sign: string, words: string];

const LIST = `
😀 grinning smile happy
😃 smiley happy
😄 smile joy
😁 grin
😆 laughing
😅 sweat smile
🤣 rofl rolling
😂 joy tears laugh
🙂 slight smile
🙃 upside down
😉 wink
😊 blush
😇 innocent angel
🥰 hearts love
😍 heart eyes love
🤩 star struck
😘 kiss
😗 kissing
😚 kissing closed
😋 yum
😛 tongue
😜 winky tongue
🤪 zany
😝 squint tongue
🤑 money mouth
🤗 hug
🤭 hand over mouth
🤫 shush
🤔 thinking
🤐 zipper
🤨 raised eyebrow
😐 neutral
😑 expressionless
😶 no mouth
😏 smirk
😒 unamused
🙄 eye roll
😬 grimace
🤥 lying
😌 relieved
😔 pensive
😪 sleepy
🤤 drool
😴 sleeping zzz
😷 mask
🤒 thermometer sick
🤕 hurt
🤢 nausea
🤮 vomit
🤧 sneeze
🥵 hot
🥶 cold
🥴 woozy
😵 dizzy
🤯 mind blown exploding
🤠 cowboy
🥳 party celebrate
😎 cool sunglasses
🤓 nerd
🧐 monocle
😕 confused
😟 worried
🙁 frown
☹️ sad frown
😮 open mouth wow
😯 hushed
😲 astonished
😳 flushed
🥺 pleading
😦 frowning
😧 anguished
😨 fearful
😰 anxious
😥 sad relieved
😢 cry
😭 sob crying
😱 scream
😖 confounded
😣 persevere
😞 disappointed
😓 sweat
😩 weary
😫 tired
🥱 yawn
😤 triumph huff
😡 rage angry
😠 angry
🤬 cursing
😈 devil
💀 skull
💩 poop
🤡 clown
👻 ghost
👽 alien
🤖 robot bot
😺 cat smile
🙈 see no evil
🙉 hear no evil
🙊 speak no evil
👋 wave hello bye
🤚 raised back
🖐️ hand fingers
✋ raised hand stop
👌 ok
🤌 pinched
🤏 pinch
✌️ victory peace
🤞 fingers crossed
🤟 love you
🤘 rock
🤙 call me
👈 point left
👉 point right
👆 point up
👇 point down
☝️ index up
👍 thumbs up yes like
👎 thumbs down no
✊ fist
👊 punch
👏 clap
🙌 raised hands
👐 open hands
🤲 palms
🤝 handshake deal
🙏 pray thanks please
✍️ writing
💅 nails
💪 muscle strong
👀 eyes look
🧠 brain
🗣️ speaking
👤 person
👥 people
🙋 raising hand
🙇 bow sorry
🤦 facepalm
🤷 shrug
💁 tipping hand
🙅 no gesture
🙆 ok gesture
🏃 running
💃 dance
❤️ red heart love
🧡 orange heart
💛 yellow heart
💚 green heart
💙 blue heart
💜 purple heart
🖤 black heart
🤍 white heart
💔 broken heart
💕 two hearts
💖 sparkling heart
💯 hundred
💥 boom
💫 dizzy star
💦 splash
💨 dash
💬 speech
💭 thought
💤 zzz
🔥 fire hot
✨ sparkles
⭐ star
🌟 glowing star
⚡ lightning zap
☀️ sun
🌤️ sun cloud
☁️ cloud
🌧️ rain
⛈️ storm
❄️ snow
🌈 rainbow
🌊 wave sea
🌍 earth
🌙 moon
🌸 blossom
🌹 rose
🌻 sunflower
🌷 tulip
🌱 seedling
🌲 tree
🍀 clover luck
🍁 maple
🐶 dog
🐱 cat
🐭 mouse
🐰 rabbit
🦊 fox
🐻 bear
🐼 panda
🐨 koala
🐯 tiger
🦁 lion
🐮 cow
🐷 pig
🐸 frog
🐵 monkey
🐔 chicken
🐧 penguin
🐦 bird
🦆 duck
🦉 owl
🐝 bee
🦋 butterfly
🐌 snail
🐢 turtle
🐍 snake
🐙 octopus
🐬 dolphin
🐳 whale
🦄 unicorn
🍏 green apple
🍎 apple
🍊 orange
🍋 lemon
🍌 banana
🍉 watermelon
🍇 grapes
🍓 strawberry
🍒 cherries
🍑 peach
🥭 mango
🍍 pineapple
🥑 avocado
🍅 tomato
🥕 carrot
🌽 corn
🌶️ pepper
🍞 bread
🧀 cheese
🍳 egg
🍔 burger
🍟 fries
🍕 pizza
🌭 hot dog
🥪 sandwich
🌮 taco
🥗 salad
🍝 pasta
🍣 sushi
🍦 ice cream
🍩 donut
🍪 cookie
🎂 cake birthday
🍰 cake slice
🍫 chocolate
☕ coffee
🍵 tea
🥤 drink
🍺 beer
🍻 cheers
🥂 champagne
🍷 wine
🎉 tada party
🎊 confetti
🎈 balloon
🎁 gift present
🏆 trophy
🥇 gold medal
⚽ football soccer
🏀 basketball
🎾 tennis
🎮 game
🎲 die dice
🎯 target
🎵 music note
🎤 mic
🎧 headphones
🎬 film
📷 camera
📸 flash camera
🚗 car
🚕 taxi
🚌 bus
🚑 ambulance
🚚 truck delivery shipping
🚲 bike
✈️ plane
🚀 rocket
🚢 ship
🚉 station
🏠 house home
🏢 office
🏥 hospital
🏦 bank
🏪 store shop
🏖️ beach
🗺️ map
📍 pin location
⌚ watch
📱 phone mobile
💻 laptop computer
🖨️ printer
☎️ telephone
📞 call phone
🔋 battery
🔌 plug
💡 idea bulb
🔦 torch
💰 money
💵 dollar
💶 euro
💳 card payment
🧾 receipt invoice
💎 gem
🔧 wrench tool
🔨 hammer
⚙️ gear settings
🔒 lock
🔓 unlock
🔑 key
🚪 door
🛒 cart shopping
📦 box package parcel
📫 mailbox
✉️ envelope mail
📧 email
📨 incoming
📝 memo note
📄 page document
📎 paperclip
📌 pushpin
📅 calendar date
📆 calendar
⏰ alarm
⏳ hourglass wait
⌛ hourglass done
🔍 search
📊 chart bar
📈 chart up
📉 chart down
📚 books
🔔 bell
🔕 no bell
📢 loudspeaker
✅ check done yes
☑️ checkbox
✔️ check
❌ cross no
❎ cross box
➕ plus
➖ minus
❓ question
❗ exclamation
⚠️ warning
🚫 forbidden
⛔ no entry
♻️ recycle
🆗 ok button
🆕 new
🆓 free
🔴 red circle
🟠 orange circle
🟡 yellow circle
🟢 green circle
🔵 blue circle
⚪ white circle
⚫ black circle
➡️ right arrow
⬅️ left arrow
⬆️ up arrow
⬇️ down arrow
🔄 refresh
🔁 repeat
🔗 link
#️⃣ hash
0️⃣ zero
1️⃣ one
2️⃣ two
3️⃣ three
🏁 finish flag
🚩 red flag
🏳️ white flag`;

export const EMOJI: Emoji[] = LIST.trim()
  .split('\n')
  .map((line) => {
    const at = line.indexOf(' ');
    return [line.slice(0, at), line.slice(at + 1)];
  });
